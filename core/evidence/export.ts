import type { Chain } from "../ports.ts";
import { canonicalJson } from "./canonical.ts";
import type { LedgerEvent } from "./event.ts";
import { writeLine } from "./line.ts";
import { placeOf, summaryOf } from "./summary.ts";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const columns: Record<string, (event: LedgerEvent) => string> = {
  stream: (event) => event.stream,
  environment: (event) => placeOf(event.stream).environment,
  service: (event) => placeOf(event.stream).service,
  sequence: (event) => String(event.sequence),
  at: (event) => event.at,
  kind: (event) => event.kind,
  actor: (event) => event.actor,
  summary: (event) => summaryOf(event),
  hash: (event) => event.hash,
  previous: (event) => event.previous ?? "",
  nonce: (event) => event.nonce,
  body: (event) => canonicalJson(event.body),
};

/** The events of chains as RFC 4180 CSV for a spreadsheet, or as JSONL, each line as it stands in the ledger. */
export function ledgerExport(chains: Chain[], format: ExportFormat): string {
  const events = chains.flatMap((chain) => chain.events);
  if (format === "jsonl") return events.map((event) => `${writeLine(event)}\n`).join("");
  const rows = events.map((event) => Object.values(columns).map((column) => column(event)));
  return [Object.keys(columns), ...rows].map(csvRow).join("");
}

export function csvRow(cells: string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A spreadsheet runs a cell that begins with one of these as a formula; the apostrophe makes it text. */
const formula = /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r\n]/u;

function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
