import { createServer, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange } from "../../../adapters/github/exchange.ts";
import { isTransient } from "../../../adapters/github/transient.ts";

const json = { "content-type": "application/json; charset=utf-8" };
let server: Server;
let url = "";
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/silent") return;
    if (request.url === "/zipped") {
      response.writeHead(200, { ...json, "content-encoding": "gzip" }).end(gzipSync('{"files":["ä.ts"]}'));
    } else if (request.url === "/cut") {
      response.writeHead(200, { ...json, "content-length": "100" });
      response.write("{", () => response.destroy());
    } else {
      response.writeHead(200, json).end("<html>a proxy's login page");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("an answer is unpacked and parsed, and one that is no JSON stays text", async () => {
  expect((await exchange(`${url}/zipped`, {}, 5000)).body).toEqual({ files: ["ä.ts"] });
  expect((await exchange(`${url}/page`, {}, 5000)).body).toBe("<html>a proxy's login page");
});

test("silence, an answer that is cut and a host that is away are faults that pass", async () => {
  const asked: [string, number][] = [
    [`${url}/silent`, 100],
    [`${url}/cut`, 5000],
    ["http://127.0.0.1:1", 5000],
  ];
  for (const [place, timeoutMs] of asked) {
    const error = await exchange(place, {}, timeoutMs).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(Error);
    expect(isTransient(error)).toBe(true);
  }
});
