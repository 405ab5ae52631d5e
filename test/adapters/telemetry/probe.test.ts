import { afterEach, describe, expect, it } from "vitest";
import { probe } from "../../../adapters/telemetry/probe.ts";
import { startStore } from "./store.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Answers by path: a number is the status; `later` is ready at its third asking, and `never` says nothing. */
async function service() {
  const seen = new Map<string, number>();
  const { url, close } = await startStore(({ url: path }, response) => {
    const count = (seen.get(path) ?? 0) + 1;
    seen.set(path, count);
    const [, word = ""] = path.split(/[/?]/);
    if (word === "never") return;
    if (word === "endless") return void response.writeHead(200).write("x");
    const status = word === "later" ? (count < 3 ? 503 : 200) : Number(word);
    response.writeHead(
      status,
      status === 302 ? { location: "http://login.example.com/in?state=secret" } : {},
    );
    response.end("a body that nobody keeps");
  });
  closing.push(close);
  return { url, seen };
}

const quick = { timeoutSeconds: 1.5, trySeconds: 0.5, pauseSeconds: 0.05 };

describe("probes", () => {
  it("are asked all at once, and say of each what came of it", async () => {
    const { url } = await service();
    const names = ["200", "204", "later", "500", "302", "endless"];
    const results = await probe(
      names.map((name) => ({ name, url: `${url}/${name}?token=x` })),
      quick,
    );
    expect(results.map(({ name, ok, status }) => [name, ok, status])).toEqual([
      ["200", true, 200],
      ["204", true, 204],
      ["later", true, 200],
      ["500", false, 500],
      ["302", false, 302],
      ["endless", true, 200],
    ]);
    expect(results[0]).toMatchObject({
      url: `${url}/200`,
      sentence: `200 is ready: ${url}/200 answered 200.`,
    });
    expect(results[2]?.sentence).toMatch(/answered 200, after 3 tries\.$/);
    expect(results[4]?.sentence).toMatch(
      /^302 is not ready: \S+ answered 302 and leads to http:\/\/login\.example\.com\/in, where nobody follows/,
    );
    for (const { milliseconds } of results) expect(milliseconds).toBeGreaterThanOrEqual(0);
  });

  it("that want another status get it", async () => {
    const { url } = await service();
    const results = await probe(
      [
        { name: "closed", url: `${url}/401`, expected: [401, 403] },
        { name: "open", url: `${url}/200`, expected: [401] },
      ],
      quick,
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it("give up in time where nobody answers, or nobody is there", async () => {
    const { url, seen } = await service();
    const gone = await startStore(() => undefined);
    await gone.close();
    const [silent, absent] = await probe(
      [
        { name: "silent", url: `${url}/never` },
        { name: "absent", url: gone.url },
      ],
      quick,
    );
    expect(silent).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/did not answer within .* tries\.$/),
    });
    expect(silent).not.toHaveProperty("status");
    expect(absent?.sentence).toMatch(/cannot be reached \(ECONNREFUSED\)/);
    expect(seen.get("/never")).toBeGreaterThan(1);
  });

  it("without an address are an error", async () => {
    await expect(probe([{ name: "ready", url: "shop:8080/health" }])).rejects.toMatchObject({
      reasonCode: "telemetry-configuration",
    });
  });
});
