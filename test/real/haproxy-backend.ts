import { createServer } from "node:http";

/**
 * A version of a service behind the proxy, as a process of its own: it says which one it is and counts what it
 * answered. `failing` in a hundred of its answers are errors. `/hold` is not answered before somebody asks `/release`;
 * that and `/counts`, which tells, are not counted themselves.
 */
const [name = "", failing = "0"] = process.argv.slice(2);
const counts = { requests: 0, failed: 0, in_flight: 0 };
const held: (() => void)[] = [];

const server = createServer((request, response) => {
  if (request.url === "/counts" || request.url === "/release") {
    if (request.url === "/release") for (const answer of held.splice(0)) answer();
    response.setHeader("content-type", "application/json").end(JSON.stringify(counts));
    return;
  }
  counts.requests += 1;
  counts.in_flight += 1;
  // Evenly spread, so that a share is the same in every run.
  const fails = (counts.requests * Number(failing)) % 100 < Number(failing);
  if (fails) counts.failed += 1;
  const answer = () => {
    counts.in_flight -= 1;
    response.writeHead(fails ? 500 : 200, { "x-version": name }).end(name);
  };
  if (request.url === "/hold") held.push(answer);
  else answer();
});
// A proxy keeps connections for longer than Node does by itself, and would find them closed.
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(`listens on ${address.port}`);
});
