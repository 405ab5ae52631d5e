import type { Impact } from "../decision/impact.ts";
import type { ScoreScale } from "../policy/schema.ts";
import { describeProblem, type Problem } from "../policy/yaml/problem.ts";
import { detailsBlock } from "./details.ts";
import { cell, code, inline } from "./escape.ts";
import { bulletList, markdownTable } from "./markdown.ts";
import { counted, grouped } from "./numbers.ts";
import type { PolicyImpactSection } from "./options.ts";

/** What an edit of the policy was found to be. Everything in it may come from the pull request that makes it. */
export type PolicyReport = {
  /** The branch whose policy decided, and from which the edit will once it is there. */
  branch: string;
  /** True where the pull request goes to that branch. */
  lands: boolean;
  /** With these the edited policy is refused. */
  problems: readonly Problem[];
  warnings: readonly Problem[];
  /** Absent where there are problems. */
  impact?: Impact;
  /** Changes that there was no time for. */
  left?: number;
  /** True where calendar, services or paths were edited, of which recorded facts are not derived anew. */
  partly?: boolean;
  /** Why the edit could not be read at all. */
  unread?: string;
  /** True where the edit removes the policy altogether. */
  removed?: boolean;
};

const refused = "Refused: until this is mended, every decision would fail";
/** A bundle whose model cannot be read decides all the same. */
const withoutModel = "To be mended: until then the model does not speak";
const mostProblems = 8;
const mostMoved = 8;

/** A section of comment and check, in Markdown. */
export function renderPolicyImpact(report: PolicyReport): PolicyImpactSection {
  return { text: sectionText(report), refused: report.problems.length > 0 && !report.impact };
}

function sectionText(report: PolicyReport): string {
  const { branch, lands, impact, removed, unread } = report;
  const where = code(branch, 100);
  const when = lands ? "once merged, the edit decides what follows" : `the edit counts once ${where} has it`;
  return [
    `**This edits the policy.** The policy of ${where} decided here; ${when}.`,
    removed ? "Nothing is left of the policy: with this merged, nothing is posted here any more." : "",
    unread === undefined ? "" : `What it would change could not be looked up: ${inline(unread, 300)}`,
    problemList(impact ? withoutModel : refused, report.problems),
    impact && !removed ? impactText(impact, report) : "",
    problemList("Perhaps not meant", report.warnings),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function problemList(title: string, problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, mostProblems).map((problem) => {
    const place = describeProblem({ ...problem, message: "" }).replace(/: $/u, "");
    return `${code(place, 120)} ${inline(problem.message, 300)}`;
  });
  if (lines.length === 1) return `**${title}:** ${lines[0]}`;
  const more = problems.length - lines.length;
  return `**${title}:**\n\n${bulletList(more > 0 ? [...lines, `and ${grouped(more)} more`] : lines)}`;
}

function impactText(impact: Impact, { left = 0, partly }: PolicyReport): string {
  if (impact.changes === 0)
    return "The edited policy is valid. No decision is recorded here yet that could be replayed under it.";
  const replayed = `**Replayed under the edit:** of the last ${counted(impact.changes, "change")} decided here`;
  const notes = [
    left > 0 ? `There was no time for ${grouped(left)} more.` : "",
    ...silentSentences(impact),
    partly ? "Calendar, services and kinds stay what they were when each was decided." : "",
  ].filter(Boolean);
  if (impact.moved.length === 0) return [`${replayed}, none is answered differently.`, ...notes].join(" ");
  const differ = `${grouped(impact.moved.length)} ${impact.moved.length === 1 ? "is" : "are"} answered differently.`;
  return [[`${replayed}, ${differ}`, ...notes].join(" "), bucketTable(impact), movedDetails(impact)].join(
    "\n\n",
  );
}

/** What was recorded may not hold what a model asks: then the replay shows the weights' answers. */
export function silentSentences({ silent = {} }: Impact): string[] {
  return Object.entries(silent).map(
    ([reason, count]) => `Of ${grouped(count)} the model says nothing (${reason}), and the weights answer.`,
  );
}

export function bucketTable({ before, after, changes }: Impact, then = "with this edit"): string {
  const buckets = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const share = (count = 0) => `${grouped(count)} (${Math.round((100 * count) / changes)} %)`;
  const rows = buckets.map((bucket) => {
    const [was, is] = [before[bucket] ?? 0, after[bucket] ?? 0];
    return [cell(bucket, 80), share(was), was === is ? share(is) : `**${share(is)}**`];
  });
  return markdownTable(["Answer", "--: now", `--: ${then}`], rows);
}

export function movedDetails({ moved }: Impact): string {
  const rows = moved
    .slice(0, mostMoved)
    .map((one) => [
      cell(one.subject, 90),
      `${scoreOn(one.scoreBefore, one.scaleBefore)} → ${scoreOn(one.scoreAfter, one.scaleAfter)}`,
      `${one.from} → ${one.to}`,
    ]);
  const more = moved.length - rows.length;
  const table = markdownTable(["Change", "--: score", "answer"], rows);
  return detailsBlock("Which ones", [table, more > 0 ? `and ${grouped(more)} more` : undefined]);
}

/** Points need no word: they are what a score is where no model speaks. */
function scoreOn(score: number, scale: ScoreScale = "points"): string {
  return scale === "points" ? String(score) : `${scale} ${score}`;
}
