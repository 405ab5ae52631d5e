import type { Decision } from "../decision/shape.ts";
import { cell, inline } from "./escape.ts";
import type { Section } from "./fit.ts";
import { bulletList, markdownTable, markdownVoice, reasonsTable } from "./markdown.ts";
import { rescaledSentence } from "./model-says.ts";
import { grouped } from "./numbers.ts";
import type { RenderOptions } from "./options.ts";
import { printedReasons, topReasons } from "./points.ts";
import {
  approvalCount,
  approvedBy,
  approverSentence,
  heldUntil,
  lowerOptions,
  notCountedSentence,
  refusedSentences,
  sumSentence,
  unknownNames,
  worstSentence,
} from "./sentences.ts";
import { holdText } from "./standing.ts";
import { liftedSentences, stopLine, stopsOf, stopTitle } from "./stops.ts";
import { factWords } from "./values.ts";
import { decisionOutcome } from "./words.ts";

/** The pieces that comment, summary and check share, in Markdown. */

/** What stands in the way and who may clear it, or who has. */
export function stopSections(decision: Decision, options: RenderOptions = {}): Section[] {
  const hold = holdText(options, markdownVoice);
  const held = hold === "" ? [] : [{ text: hold, drop: 0 }];
  return [...held, ...policyStops(decision, options)];
}

function policyStops(decision: Decision, options: RenderOptions): Section[] {
  const outcome = decisionOutcome(decision);
  if (outcome === "go") {
    if (decision.approvals.length === 0) return [];
    return [
      { text: `**Approved by:** ${approvedBy(decision, markdownVoice)}${heldUntil(decision)}`, drop: 1 },
    ];
  }
  const stops = stopsOf(decision);
  if (stops.length === 0) return [];
  const lists = (["block", "approve"] as const).flatMap((verdict) => {
    const lines = stops
      .filter((stop) => stop.verdict === verdict)
      .map((stop) => stopLine(stop, markdownVoice));
    if (lines.length === 0) return [];
    const title = `**${stopTitle(decision, verdict)}:**`;
    if (lines.length === 1) return [`${title} ${lines[0]}`];
    const more = lines.length > 6 ? [`and ${grouped(lines.length - 6)} more`] : [];
    return [`${title}\n\n${bulletList([...lines.slice(0, 6), ...more])}`];
  });
  const waits = outcome === "approve" || outcome === "cut-over";
  const who = waits ? [...uncounted(decision), whoMayApprove(decision, options)] : [];
  return [{ text: [...lists, ...who].join("\n\n"), drop: 1 }];
}

function uncounted(decision: Decision): string[] {
  const sentences = refusedSentences(decision, markdownVoice);
  return sentences.length === 0 ? [] : [`**Does not count:**\n\n${bulletList(sentences)}`];
}

function whoMayApprove(decision: Decision, { commands }: RenderOptions): string {
  const count = approvalCount(decision);
  const how = commands ? " To approve, comment `/approve-risk <reason>`." : "";
  const who = `**Who may approve${count ? ` (${count})` : ""}:** ${approverSentence(decision, markdownVoice)}${how}`;
  if (decision.approvals.length === 0) return who;
  return `**Approved so far by:** ${approvedBy(decision, markdownVoice)}${heldUntil(decision)}\n\n${who}`;
}

export function pointsSections(decision: Decision, most: number): Section[] {
  const reasons = printedReasons(decision);
  const sum = [
    sumSentence(decision, markdownVoice),
    rescaledSentence(decision),
    notCountedSentence(decision, markdownVoice),
  ]
    .filter(Boolean)
    .join(" ");
  const table = reasons.length > 0 ? reasonsTable(decision, topReasons(reasons, most)) : "";
  return [
    { text: table, drop: 3 },
    { text: sum, drop: 2 },
  ];
}

/** What is not known yet, and what would lower the score. */
export function outlookParagraphs(decision: Decision, most: number): string[] {
  const paragraphs: string[] = [];
  if (decision.unknowns.length > 0) {
    const names = unknownNames(decision, markdownVoice, most);
    paragraphs.push(`**Not known yet:** ${names}. ${worstSentence(decision)}`);
  }
  const lower = lowerOptions(decision, markdownVoice);
  if (lower.length > 0) paragraphs.push(`**Would lower it:** ${lower.join(" · ")}`);
  return paragraphs;
}

const verdictWords = { pass: "fine", approve: "asks for approval", block: "blocks" };
const verdictOrder = { block: 0, approve: 1, pass: 2 };

/** Every gate of the strictest service, those that stop first. */
export function gatesTable(decision: Decision, most: number): string {
  const sorted = [...decision.gates].sort(
    (left, right) => verdictOrder[left.verdict] - verdictOrder[right.verdict],
  );
  const rows = sorted
    .slice(0, most)
    .map((gate) => [cell(factWords(gate.name), 80), verdictWords[gate.verdict], cell(gate.sentence, 200)]);
  const more =
    sorted.length > rows.length ? `\n\nand ${grouped(sorted.length - rows.length)} more gates` : "";
  return markdownTable(["Gate", "Answer", "Why"], rows) + more;
}

export function noteText(decision: Decision): string {
  const notes = [...liftedSentences(decision), ...decision.notes];
  const shown = notes.slice(0, 5).map((note) => inline(note, 240));
  if (notes.length > shown.length) shown.push(`and ${grouped(notes.length - shown.length)} more`);
  return shown.length === 1 ? `**Note:** ${shown[0]}` : bulletList(shown);
}
