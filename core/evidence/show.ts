import type { Chain } from "../ports.ts";
import { plain } from "../render/escape.ts";
import { displayWidth, padEndToWidth } from "../render/width.ts";
import type { LedgerEvent } from "./event.ts";
import { summaryOf } from "./summary.ts";
import { type Anchor, type Verification, verifyChain } from "./verify.ts";

/** What `ledger show` and `ledger verify` print. Everything that stands in an event is somebody else's text. */
export function ledgerShow(chain: Chain, options: { last?: number } = {}): string {
  const { last } = options;
  const events =
    last === undefined ? chain.events : chain.events.slice(Math.max(0, chain.events.length - last));
  const lines = [plain(chain.stream, 400), ...table([heading, ...events.map(row)])];
  const left = chain.events.length - events.length;
  if (chain.events.length === 0) lines.splice(1, 1, "No events yet.");
  if (left > 0) lines.push(`${left} earlier ${left === 1 ? "event is" : "events are"} not shown.`);
  if (chain.fault !== undefined) lines.push(`FAULT: ${plain(chain.fault.sentence, 600)}`);
  return `${lines.join("\n")}\n`;
}

const heading = ["#", "when", "kind", "by", "what", "hash"];

function row(event: LedgerEvent): string[] {
  const { sequence, at, kind, actor, hash } = event;
  return [
    String(sequence),
    plain(at, 24),
    kind,
    plain(actor, 30),
    plain(summaryOf(event), 60),
    hash.slice(0, 12),
  ];
}

function table(rows: string[][]): string[] {
  const widths = heading.map((_, column) =>
    rows.reduce((widest, cells) => Math.max(widest, displayWidth(cells[column] ?? "")), 0),
  );
  return rows.map((cells) =>
    cells
      .map((text, column) => padEndToWidth(text, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

export type LedgerVerified = { whole: boolean; verifications: Verification[]; text: string };

export function ledgerVerify(chains: Chain[], anchors: Anchor[] = []): LedgerVerified {
  const known = new Set(chains.map((chain) => chain.stream));
  const gone = [...new Set(anchors.map((anchor) => anchor.stream))].filter((stream) => !known.has(stream));
  // A stream that an anchor saw and the ledger no longer holds was deleted as a whole.
  const all = [...chains, ...gone.map((stream): Chain => ({ stream, events: [], head: null }))];
  const verifications = all.map((chain) => verifyChain(chain, anchors));
  const lines = verifications.flatMap((found) =>
    found.sentences.map((sentence) => `${found.fault === undefined ? "" : "FAULT: "}${plain(sentence, 600)}`),
  );
  const whole = verifications.every((found) => found.fault === undefined);
  if (all.length === 0) lines.push("The ledger holds no streams.");
  return { whole, verifications, text: `${lines.join("\n")}\n` };
}
