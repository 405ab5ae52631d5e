import type { Chain } from "../ports.ts";
import { canonicalJson } from "./canonical.ts";
import { csvRow } from "./csv.ts";
import type { LedgerEvent } from "./event.ts";
import { writeLine } from "./line.ts";
import { placeOf } from "./summary.ts";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type ExportOptions = {
  format: ExportFormat;
  /** Only events from this moment on, and before that one, in milliseconds. */
  from?: number;
  until?: number;
  /** Where people see the repositories, for the addresses of comments and reviews; without a slash at the end. */
  server?: string;
};

type Body = LedgerEvent["body"];
type Column = (event: LedgerEvent, server?: string) => unknown;

/** Columns in their order, which stays: new ones are added before `body`. What an event does not say is empty. */
const columns: Record<string, Column> = {
  at: (event) => event.at,
  kind: (event) => event.kind,
  actor: (event) => event.actor,
  repository: ({ body }) => first(body, ["repository", "pointer.repository", "subject.repository"]),
  pull_request: ({ body }) => first(body, ["pull_request", "pointer.pull_request", "subject.pull_request"]),
  head_sha: ({ body }) => first(body, ["head_sha", "pointer.head_sha", "subject.head", "sha", "commit"]),
  environment: ({ body, stream }) =>
    first(body, ["environment", "pointer.environment"]) ?? placeOf(stream).environment,
  service: ({ body, stream }) => servicesOf(body) ?? serviceOf(stream),
  decision_id: ({ body }) => first(body, ["decision_id", "decision"]),
  risk_score: ({ body }) => body.risk_score,
  strategy: ({ body }) => body.strategy,
  outcome: ({ body }) => first(body, ["verdict", "outcome", "result", "effect", "action"]) ?? allowedOf(body),
  reason_code: ({ body }) => body.reason_code,
  reason: ({ body }) => first(body, ["reason", "sentence"]) ?? gatesOf(body),
  policy_version: ({ body }) => policyOf(body.policy_version ?? body.policy),
  said_in: ({ body }) => saidIn(body).text,
  said_in_url: ({ body }, server) => saidIn(body, server).url,
  stream: (event) => event.stream,
  sequence: (event) => event.sequence,
  hash: (event) => event.hash,
  previous: (event) => event.previous,
  nonce: (event) => event.nonce,
};

/** The first row of a table; JSON lines have none. */
export function exportHeading(format: ExportFormat): string {
  return format === "csv" ? csvRow([...Object.keys(columns), "verified", "body"]) : "";
}

/**
 * The events of one chain as RFC 4180 CSV for a spreadsheet, or as JSONL, each line as it stands in the ledger. Of a
 * chain with a fault, a table also shows what stands at the fault and behind it, as not verified.
 */
export function exportChain(chain: Chain, options: ExportOptions): string {
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const isAsked = ({ at }: LedgerEvent) => {
    const time = Date.parse(at);
    // An event whose time cannot be read is in nobody's period, and so in everybody's.
    return Number.isNaN(time) || (time >= from && time < until);
  };
  const events = chain.events.filter(isAsked);
  if (options.format === "jsonl") return events.map((event) => `${writeLine(event)}\n`).join("");
  const row = (verified: string) => (event: LedgerEvent) =>
    csvRow([
      ...Object.values(columns).map((column) => textOf(column(event, options.server))),
      verified,
      canonicalJson(event.body),
    ]);
  const unverified = (chain.unverified ?? []).filter(isAsked);
  return [...events.map(row("yes")), ...unverified.map(row("no"))].join("");
}

/** The first of these fields that is a word or a number; a dot goes one object down. */
function first(body: Body, names: string[]): string | number | undefined {
  for (const name of names) {
    const [outer = "", inner] = name.split(".");
    const value = inner === undefined ? body[outer] : fieldOf(body[outer], inner);
    if (typeof value === "string" || typeof value === "number") return value;
  }
  return undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The stream of the changes is no service. */
function serviceOf(stream: string): string {
  const { environment, service } = placeOf(stream);
  return environment === "" ? "" : service;
}

function servicesOf({ services, service }: Body): string | undefined {
  if (typeof service === "string") return service;
  if (!Array.isArray(services)) return undefined;
  return services.map((one: unknown) => textOf(fieldOf(one, "name"))).join(" ") || undefined;
}

/** What a decision said before anybody approved. */
function allowedOf({ allowed, needs_approval: needsApproval }: Body): string | undefined {
  if (typeof allowed !== "boolean") return undefined;
  if (allowed) return "allowed";
  return needsApproval === true ? "needs-approval" : "blocked";
}

function gatesOf({ gates }: Body): string | undefined {
  if (!Array.isArray(gates)) return undefined;
  const stopping = gates.filter((gate: unknown) => fieldOf(gate, "verdict") !== "pass");
  return stopping.map((gate: unknown) => textOf(fieldOf(gate, "sentence"))).join(" ") || undefined;
}

function policyOf(policy: unknown): string {
  if (typeof policy === "string") return policy;
  return ["name", "commit", "hash"]
    .map((name) => textOf(fieldOf(policy, name)))
    .filter(Boolean)
    .join(" ");
}

/** The comment, review or run in which a person said it, and its address. */
function saidIn(body: Body, server?: string): { text: string; url: string } {
  const { pointer } = body;
  const kind = textOf(fieldOf(pointer, "kind")) || (body.comment === undefined ? "" : "comment");
  const id = textOf(fieldOf(pointer, "id") ?? body.comment);
  const repository = textOf(fieldOf(pointer, "repository") ?? body.repository);
  const pull = textOf(fieldOf(pointer, "pull_request") ?? body.pull_request);
  if (kind === "" || id === "") return { text: "", url: "" };
  if (server === undefined || repository === "") return { text: `${kind} ${id}`, url: "" };
  const place = `${server}/${repository}`;
  const anchor = { comment: "issuecomment-", review: "pullrequestreview-" }[kind];
  const url = anchor && pull ? `${place}/pull/${pull}#${anchor}${id}` : "";
  return { text: `${kind} ${id}`, url: kind === "environment" ? `${place}/actions/runs/${id}` : url };
}
