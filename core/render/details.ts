import type { Decision } from "../decision/shape.ts";
import { code, inline } from "./escape.ts";
import { markdownVoice } from "./markdown.ts";
import { modelLeads, scorerName, shadowSentence } from "./model-says.ts";
import { modelTable } from "./model-table.ts";
import { grouped } from "./numbers.ts";
import type { RenderOptions } from "./options.ts";
import { recordedSentence, shortCommit } from "./sentences.ts";
import { factWords } from "./values.ts";
import { decisionOutcome } from "./words.ts";

const mostReasons = 10;

/** What most readers never open: the end of the comment. */
export function detailsTitle(options: RenderOptions): string {
  return options.commands ? "Commands and details" : "Details";
}

export function detailsBlock(title: string, paragraphs: (string | undefined)[]): string {
  const inside = paragraphs.filter(Boolean).join("\n\n");
  return `<details><summary>${title}</summary>\n\n${inside}\n</details>`;
}

export function detailParagraphs(decision: Decision, options: RenderOptions): (string | undefined)[] {
  const commands = options.commands
    ? "`/risk` explain · `/risk wrong <why>` tell us the score is off · `/hold <reason>` stop the rollout before it starts · `/help` who may do what"
    : undefined;
  const quiet = options.commands ? quietSentence(options) : undefined;
  const people =
    options.authorFacts === false
      ? "People are not scored: author history is off in this policy."
      : undefined;
  const lines = [
    commands,
    approvalLine(decision, options),
    [quiet, people].filter(Boolean).join(" "),
    passedLine(decision),
    shadowSentence(decision, markdownVoice),
  ];
  return [lines.filter(Boolean).join("\n"), modelTable(decision, mostReasons), provenance(decision, options)];
}

function quietSentence({ quiet }: RenderOptions): string {
  return quiet
    ? "One line, because this pull request is labelled `risk:quiet`."
    : "Quiet on this PR: label `risk:quiet`.";
}

function approvalLine(decision: Decision, options: RenderOptions): string | undefined {
  const outcome = decisionOutcome(decision);
  const how = options.commands ? ", `/approve-risk <reason>`" : "";
  if (outcome !== "go" || decision.approvals.length > 0) return undefined;
  const from =
    options.approvalFrom === undefined || modelLeads(decision)
      ? ""
      : ` From a score of ${options.approvalFrom} on it takes one${how}, never from the author.`;
  return `No approval needed.${from}`;
}

function passedLine(decision: Decision): string | undefined {
  const passed = decision.gates.filter((gate) => gate.verdict === "pass").map((gate) => factWords(gate.name));
  if (passed.length === 0) return undefined;
  const shown = passed.slice(0, 8).map((name) => inline(name, 60));
  if (passed.length > shown.length) shown.push(`${grouped(passed.length - shown.length)} more`);
  return `Checked and fine: ${shown.join(", ")}.`;
}

/** Where the result comes from, and how to get the same one. */
export function provenance(decision: Decision, options: RenderOptions): string {
  const { subject, policy_version: policy } = decision;
  const head = subject.head ? `Commit ${code(shortCommit(subject.head), 60)}` : undefined;
  const base = options.baseBranch ?? (subject.base ? shortCommit(subject.base) : undefined);
  const parts = [
    head,
    base ? `base ${code(base, 100)}` : undefined,
    code(decision.environment, 60),
    `policy ${code(`${policy.name}@${policy.hash.slice(0, 7)}`, 80)}${policy.repository ? ` of ${code(policy.repository, 120)}` : ""}`,
    scorerName(decision, (version) => inline(version, 60)),
    `decision ${code(decision.decision_id.slice(0, 12), 12)}`,
    options.localCommand ? `same result locally: ${code(options.localCommand, 200)}` : undefined,
  ];
  return [parts.filter(Boolean).join(" · "), recordedSentence(decision)].filter(Boolean).join("\n");
}
