import type { Impact } from "../../decision/impact.ts";
import { code, plain } from "../escape.ts";
import { counted, grouped, listed } from "../numbers.ts";
import { bucketTable, movedDetails, silentSentences } from "../policy-impact.ts";
import { type PullRequestText, yesAndNo } from "./proposal.ts";

/** The pull request that brings a person's edit of policy files, with what it would have made of recent changes. */
export function renderPolicyProposal(
  files: readonly string[],
  impact: Impact,
  title?: string,
): PullRequestText {
  const named = listed(files.map((name) => code(name, 100)));
  const moved = impact.moved.length;
  const replayed = `Of the last ${counted(impact.changes, "change")} merged here`;
  const sections = [
    `**This edits ${named}.** ${replayed}, ${moved === 0 ? "none" : grouped(moved)} would be answered differently.`,
    silentSentences(impact).join(" "),
    moved > 0 ? bucketTable(impact) : "",
    moved > 0 ? movedDetails(impact) : "",
    "From the diffs alone: tests, scans and telemetry of those changes are not known any more.",
    yesAndNo("edit"),
  ];
  return {
    title: plain(title ?? `Policy: ${listed(files)}`, 200),
    body: `${sections.filter((section) => section !== "").join("\n\n")}\n`,
  };
}
