import { isIPv6 } from "node:net";
import { Problem } from "./problem.ts";

type Bucket = { left: number; at: number };
const mostBuckets = 10_000;

/**
 * So many requests a minute for each caller, a minute's worth of them at once. Counted in each process: with several
 * replicas a caller has as many times more.
 */
export function rateLimit(perMinute: number, now: () => Date, what = "requests"): (caller: string) => void {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  return (caller) => {
    const at = now().getTime();
    const before = buckets.get(caller) ?? { left: perMinute, at };
    const left = Math.min(perMinute, before.left + Math.max(0, at - before.at) * perMs);
    // Whoever asked last stands last, so that the first of a full map is the one that has been quiet for longest.
    buckets.delete(caller);
    const first = buckets.size >= mostBuckets ? buckets.keys().next().value : undefined;
    if (first !== undefined) buckets.delete(first);
    buckets.set(caller, { left: left < 1 ? left : left - 1, at });
    if (left >= 1) return;
    const seconds = Math.max(1, Math.ceil((1 - left) / perMs / 1000));
    throw new Problem(
      429,
      "too-many-requests",
      `This caller made more than ${perMinute} ${what} in a minute. Try again in ${seconds} s.`,
      { "retry-after": String(seconds) },
    );
  };
}

/**
 * Whom a connection is counted for: its address, of version 6 the network, whose addresses are its owner's to choose.
 * Headers that name another are not believed; behind a proxy all are counted for the proxy.
 */
export function peerOf(address = ""): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!isIPv6(plain)) return plain;
  const [front = [], back = []] = plain.split("::").map((part) => part.split(":").filter(Boolean));
  const between = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...between, ...back].slice(0, 4).join(":");
}
