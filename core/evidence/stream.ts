import { UserError } from "../errors.ts";

/**
 * A stream's name is a branch's name and a folder's name as well, so it is written in letters that git and
 * every file system take as they are: `changes`, or `<environment>/<service>` with each part encoded. Lower-case
 * letters, digits, `-`, `_` and inner single dots stand for themselves and every other byte of the UTF-8 text is
 * `%xx`: capital letters too, because Windows and macOS take `API` and `api` for one file. A part that is too long
 * for a file name goes on in a folder below, and `+` at the seams says so. Every name has one encoding only.
 */
export const changesStream = "changes";
export const branchPrefix = "adaptive-deploy/";

/** Branches that are no environment: `history` holds a summary and no events. */
const takenByUs = new Set([changesStream, "history"]);
const takenByWindows = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
const plain = /^[a-z0-9_-]$/;
const longestPart = 256;
const longestChunk = 200;
/** Two parts of the longest kind, every letter as three escaped bytes, and the seams. */
const longestStream = 2 * (longestPart * 9 + 40);

export type StreamName = { kind: "changes" } | { kind: "service"; environment: string; service: string };

export function serviceStream(environment: string, service: string): string {
  const [first, second] = [encodePart("environment", environment), encodePart("service", service)];
  return `${chunked(takenByUs.has(first) ? escapedFirst(first) : first)}/${chunked(second)}`;
}

/** What a stream's name says, or null where no such name is ever given. */
export function parseStream(stream: string): StreamName | null {
  if (stream === changesStream) return { kind: "changes" };
  if (stream.length > longestStream) return null;
  const parts = unchunked(stream);
  if (parts === null || parts.length !== 2) return null;
  const [environment, service] = parts.map(decodePart);
  if (typeof environment !== "string" || typeof service !== "string") return null;
  if (!isPart(environment) || !isPart(service)) return null;
  return serviceStream(environment, service) === stream ? { kind: "service", environment, service } : null;
}

export function requireStream(stream: string): StreamName {
  const name = parseStream(stream);
  if (name !== null) return name;
  throw new UserError(
    "bad-stream",
    `${JSON.stringify(stream.slice(0, 120))} is no stream of a ledger. Allowed: ${changesStream}, or ` +
      "<environment>/<service>, each written in lower-case letters, digits, - and _, with any other byte as %xx " +
      "(for example production/payments-api).",
  );
}

export function branchOf(stream: string): string {
  requireStream(stream);
  return branchPrefix + stream;
}

export function streamOfBranch(branch: string): string | null {
  if (!branch.startsWith(branchPrefix)) return null;
  const stream = branch.slice(branchPrefix.length);
  return parseStream(stream) === null ? null : stream;
}

function isPart(text: string): boolean {
  return text.length > 0 && text.length <= longestPart && text.isWellFormed();
}

function encodePart(role: string, text: string): string {
  if (!isPart(text)) {
    throw new UserError(
      "bad-stream",
      `The ${role} ${JSON.stringify(text.slice(0, 60))} cannot name a stream of the ledger: it must be whole ` +
        `Unicode text of 1 to ${longestPart} characters.`,
    );
  }
  const letters = [...new TextEncoder().encode(text)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return plain.test(letter) ? letter : letter === "." ? "." : percent(byte);
  });
  const encoded = letters
    .map((letter, index) => (letter === "." && !dotMayStand(letters, index) ? percent(0x2e) : letter))
    .join("");
  const reserved = takenByWindows.test(encoded.split(".", 1)[0] ?? "") || encoded.startsWith("-");
  return reserved ? escapedFirst(encoded) : encoded;
}

/** git refuses a name that begins or ends with a dot, holds two in a row or ends in `.lock`. */
function dotMayStand(letters: string[], index: number): boolean {
  const inner = plain.test(letters[index - 1] ?? "") && plain.test(letters[index + 1] ?? "");
  return inner && letters.slice(index).join("") !== ".lock";
}

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

function escapedFirst(encoded: string): string {
  return percent(encoded.charCodeAt(0)) + encoded.slice(1);
}

function decodePart(encoded: string): string | null {
  const bytes: number[] = [];
  for (let index = 0; index < encoded.length; index += 1) {
    const letter = encoded.charAt(index);
    if (letter === "%") {
      const hex = encoded.slice(index + 1, index + 3);
      if (!/^[0-9a-f]{2}$/.test(hex)) return null;
      bytes.push(Number.parseInt(hex, 16));
      index += 2;
    } else if (plain.test(letter) || letter === ".") bytes.push(letter.charCodeAt(0));
    else return null;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

function chunked(encoded: string): string {
  const chunks: string[] = [];
  for (let start = 0; start < encoded.length; start += longestChunk) {
    chunks.push(encoded.slice(start, start + longestChunk));
  }
  return chunks.join("+/+");
}

function unchunked(stream: string): string[] | null {
  const parts = stream.split("+/+").join("").split("/");
  return parts.some((part) => part.includes("+")) ? null : parts;
}
