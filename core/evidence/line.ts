import { canonicalJson, digest, sha256 } from "./canonical.ts";
import { type LedgerEvent, ledgerEvent } from "./event.ts";
import type { FaultKind } from "./fault.ts";

/**
 * An event is stored as one line, its canonical JSON to the byte. Its hash is the SHA-256 of that line without the
 * field `hash`, so anybody can check it with `jq -cjS 'del(.hash)'` and `sha256sum`.
 */
export const longestLineBytes = 1024 * 1024;
const deepest = 100;

export function writeLine(event: LedgerEvent): string {
  return canonicalJson(event);
}

export function hashOf(event: Omit<LedgerEvent, "hash">): string {
  return digest(event);
}

export type LineProblem = { kind: Extract<FaultKind, "shape" | "hash">; problem: string };

export function readLine(line: string): { event: LedgerEvent } | LineProblem {
  if (Buffer.byteLength(line) > longestLineBytes) return shape(`is longer than ${longestLineBytes} bytes`);
  const raw = parsed(line);
  if (raw === undefined || !isObject(raw)) return shape("is not a JSON object");
  if (isTooDeep(raw)) return shape(`nests deeper than ${deepest} levels`);
  const event = ledgerEvent.safeParse({ ...raw, previous: Reflect.get(raw, "previous") ?? null });
  if (!event.success) return shape(`is not an event: ${firstIssue(event.error.issues)}`);
  const { hash: _, ...hashed } = Object.fromEntries(Object.entries(raw));
  if (sha256(canonicalJson(hashed)) !== event.data.hash) {
    return { kind: "hash", problem: "was edited after it was written: its hash does not fit what it says" };
  }
  if (canonicalJson(raw) !== line) return shape("is not written as a ledger writes events");
  return { event: event.data };
}

/** An event by its form alone. Nothing says that it was written so, or by whom. */
export function readableEvent(line: string): LedgerEvent | undefined {
  const raw = Buffer.byteLength(line) > longestLineBytes ? undefined : parsed(line);
  if (raw === undefined || !isObject(raw) || isTooDeep(raw)) return undefined;
  return ledgerEvent.safeParse({ ...raw, previous: Reflect.get(raw, "previous") ?? null }).data;
}

function shape(problem: string): LineProblem {
  return { kind: "shape", problem };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Walks without recursion, because a line comes from whoever may push and could nest a million levels. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

function firstIssue(issues: { path: PropertyKey[]; message: string }[]): string {
  const issue = issues[0];
  return issue === undefined
    ? "unknown"
    : `${issue.path.map(String).join(".")} ${issue.message}`.slice(0, 200).trim();
}
