import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import * as z from "zod";
import { logTo } from "../../app/log.ts";

function written(level: "info" | "error" = "info") {
  const lines: string[] = [];
  return { lines, log: logTo(level, { write: (line) => void lines.push(line) }) };
}
const quiet = () => undefined;

test("an error of a request is logged without its headers, its token and what people wrote", async () => {
  const octokit = new Octokit({
    auth: "hush-token",
    baseUrl: "http://127.0.0.1:9",
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const failed: unknown = await octokit
    .request("POST /repos/{owner}/{repo}/issues", { owner: "acme", repo: "shop", title: "hush title" })
    .catch((error) => error);
  // The words are there to be told: an error that lacked them would prove nothing.
  const { request } = z.object({ request: z.looseObject({}) }).parse(failed);
  expect(JSON.stringify(request)).toContain("hush title");
  const { lines, log } = written();
  log.error({ err: failed }, "failed");
  log.error({ error: failed }, "failed");
  log.error(failed, "failed");
  log.error({ request: { ...request, headers: { authorization: "hush" } } }, "failed");
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).toContain('"msg":"failed"');
    expect(line).not.toContain("hush");
  }
});

test.each([
  ["token", "secret", "webhookSecret", "clientSecret", "privateKey", "authorization", "cookie", "payload"],
])("%s and the others are left out, at whatever depth we log", (...names) => {
  for (const name of names) {
    const { lines, log } = written();
    const told = { [name]: "hush" };
    log.error({ ...told, one: told, two: { three: told }, delivery: "d-1" }, "failed");
    expect(lines[0]).not.toContain("hush");
    expect(lines[0]).toContain("d-1");
  }
});

test("one JSON object a line, and nothing below its level", () => {
  const { lines, log } = written("error");
  log.warn("told to nobody");
  log.error("two\nlines");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "two\nlines", level: 50 });
});
