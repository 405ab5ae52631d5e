import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { countersOf } from "./counters.ts";
import { priceOf } from "./prices.ts";

/** The shop: `/price/<article>/<pieces>`; `/version` and `/metrics` for who runs it. */
const version = readFileSync(new URL("version", import.meta.url), "utf8").trim();
const counters = countersOf(version);

function answerTo(path: string): { code: number; text: string } {
  const [, article = "", pieces = ""] = /^\/price\/(\w+)\/(\d+)$/.exec(path) ?? [];
  if (article === "") return { code: 404, text: "There is nothing here.\n" };
  try {
    return { code: 200, text: `${priceOf(article, Number(pieces))}\n` };
  } catch (error) {
    if (error instanceof RangeError) return { code: 404, text: `${error.message}\n` };
    console.error(error);
    return { code: 500, text: "Something broke.\n" };
  }
}

const server = createServer((request, response) => {
  const path = request.url ?? "/";
  if (path === "/version") response.end(`${version}\n`);
  else if (path === "/metrics") response.setHeader("content-type", "text/plain").end(counters.text());
  else {
    const begun = performance.now();
    const { code, text } = answerTo(path);
    response.writeHead(code, { "content-type": "text/plain" }).end(text);
    counters.count(code, (performance.now() - begun) / 1000);
  }
});
// A proxy keeps connections for longer than Node does by itself, and would find them closed.
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), "127.0.0.1");
