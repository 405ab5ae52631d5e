import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";

/**
 * Sends signed deliveries as fast as they are acknowledged, from a process of its own:
 * node bench/app/load.ts <url> <secret> <how many> <connections>, and prints what it saw as JSON.
 */
const [url = "", secret = "", count = "0", connections = "32"] = process.argv.slice(2);
const wanted = Number(count);
const payload = JSON.stringify({
  ref: "refs/heads/main",
  repository: { full_name: "acme/shop" },
  installation: { id: 1 },
  head_commit: { message: "x".repeat(20_000) },
});
const signature = `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`;
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const statuses: Record<number, number> = {};
const tookMs: number[] = [];

function deliver(): Promise<void> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(payload),
        "x-github-delivery": randomUUID(),
        "x-github-event": "push",
        "x-hub-signature-256": signature,
      },
    });
    sent.once("error", reject);
    sent.once("response", (response) => {
      response.resume();
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        statuses[status] = (statuses[status] ?? 0) + 1;
        tookMs.push(performance.now() - started);
        resolve();
      });
    });
    sent.end(payload);
  });
}

let left = wanted;
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (left-- > 0) await deliver();
  }),
);
const seconds = (performance.now() - started) / 1000;
agent.destroy();
tookMs.sort((first, second) => first - second);
const at = (share: number): number => Math.round((tookMs[Math.floor(tookMs.length * share)] ?? 0) * 10) / 10;
console.log(
  JSON.stringify({ perSecond: Math.round(wanted / seconds), p50Ms: at(0.5), p99Ms: at(0.99), statuses }),
);
