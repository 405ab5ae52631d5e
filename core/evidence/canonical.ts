import { createHash } from "node:crypto";

/**
 * One text for one value: keys sorted by code unit, no spaces, and a key whose value is unknown (null or
 * undefined) left out, so that "absent" and "null" are the same fact. Numbers as JSON writes them.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
    entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(
      `A document holds ${value}, which JSON cannot write; a fact that is not known is left out.`,
    );
  }
  return JSON.stringify(value ?? null);
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function digest(value: unknown): string {
  return sha256(canonicalJson(value));
}
