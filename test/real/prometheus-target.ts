import { createServer } from "node:http";
import { Counter, Histogram, Registry } from "prom-client";
import { nativeHistogram } from "./prometheus-native-format.ts";

/**
 * A service for Prometheus to scrape: 100 requests a second, of which `bad` in 20 fail, and of whose times half are
 * 50 ms, two fifths 200 ms and a tenth 2 s. A process that starts anew counts from zero, as real ones do.
 */
const [port = "0", bad = "0"] = process.argv.slice(2);

const register = new Registry();
const registers = [register];
const requests = new Counter({
  name: "http_requests_total",
  help: "Requests.",
  labelNames: ["code"],
  registers,
});
const seconds = new Histogram({
  name: "http_request_duration_seconds",
  help: "Time that requests took.",
  buckets: [0.1, 0.5, 1],
  registers,
});
const late = new Counter({ name: "late_total", help: "Five at once.", labelNames: ["kind"], registers });
setTimeout(() => late.inc({ kind: "first" }, 5), 14_000);
let rounds = 0;

setInterval(() => {
  rounds += 1;
  requests.inc({ code: "200" }, 20 - Number(bad));
  requests.inc({ code: "500" }, Number(bad));
  for (let count = 0; count < 20; count += 1) seconds.observe(count < 10 ? 0.05 : count < 18 ? 0.2 : 2);
}, 200);

createServer((request, response) => {
  if (request.url === "/native") {
    response.writeHead(200, {
      "content-type":
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    });
    const counts = new Map([
      [0.05, 10 * rounds],
      [0.2, 8 * rounds],
      [2, 2 * rounds],
    ]);
    response.end(nativeHistogram("native_request_duration_seconds", counts));
    return;
  }
  void register.metrics().then((text) => {
    response.writeHead(200, { "content-type": register.contentType });
    response.end(text);
  });
}).listen(Number(port), "127.0.0.1");
