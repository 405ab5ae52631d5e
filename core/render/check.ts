import type { Decision } from "../decision/shape.ts";
import { provenance } from "./details.ts";
import { plain } from "./escape.ts";
import { fitSections, type Section } from "./fit.ts";
import { servicesTable } from "./markdown.ts";
import { modelLeads, modelSentence, scoreWords } from "./model-says.ts";
import { modelTable } from "./model-table.ts";
import type { RenderOptions } from "./options.ts";
import { paceSteps } from "./plan.ts";
import { gatesTable, noteText, outlookParagraphs, pointsSections, stopSections } from "./sections.ts";
import { bandSentence, historySentence, type Voice } from "./sentences.ts";
import { settlingSentence, standingMode, standingTitle } from "./standing.ts";
import { decisionOutcome, levelOfAnswer } from "./words.ts";

/** The output of a check run, and how the check concludes. */
export type CheckOutput = {
  title: string;
  summary: string;
  text: string;
  conclusion: "success" | "neutral" | "action_required" | "failure";
};

/** GitHub's limit is 65,535 characters for the summary and for the text. */
const longestOutput = 65_000;
const longestTitle = 255;

export function renderCheck(decision: Decision, options: RenderOptions = {}): CheckOutput {
  return {
    title: checkTitle(decision, options),
    summary: fitSections(summarySections(decision, options), longestOutput),
    text: fitSections(textSections(decision, options), longestOutput),
    conclusion: standingConclusion(decision, options),
  };
}

/**
 * Shadow never judges, advice never fails, and only `enforced` stops a merge: also where the service that does so is
 * not the one that leads.
 */
export function checkConclusion(decision: Decision): CheckOutput["conclusion"] {
  const ofServices = decision.services.map((service) => conclusionOf({ ...decision, ...service }));
  const stops = ["failure", "action_required"] as const;
  return stops.find((stop) => ofServices.includes(stop)) ?? conclusionOf(decision);
}

/**
 * A hold is a person's word and no advice, so that it counts in every mode but shadow, until a person releases it. An
 * edit that would leave no readable policy is not praised.
 */
function standingConclusion(
  decision: Decision,
  { hold, policyImpact }: RenderOptions,
): CheckOutput["conclusion"] {
  const conclusion = checkConclusion(decision);
  if (hold && decision.mode !== "shadow") return conclusion === "failure" ? conclusion : "action_required";
  return policyImpact?.refused && conclusion === "success" ? "neutral" : conclusion;
}

function conclusionOf(decision: Decision): CheckOutput["conclusion"] {
  if (decision.mode === "shadow") return "neutral";
  const outcome = decisionOutcome(decision);
  if (outcome === "go" || outcome === "cut-over") return "success";
  if (decision.mode === "advisory") return "neutral";
  return outcome === "approve" ? "action_required" : "failure";
}

/** A title is shown as it is: neither Markdown nor mentions are read in it. */
const plainVoice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };

/** The answer first: a list of checks shows little more than the beginning. */
function checkTitle(decision: Decision, options: RenderOptions): string {
  const answer = standingTitle(decision, options, plainVoice);
  const title = `${answer} · ${scoreWords(decision)}${modelLeads(decision) ? "," : ""} ${levelOfAnswer(decision)} → ${paceSteps(decision.strategy, decision.pace)}`;
  const sentence = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  return sentence.length <= longestTitle ? sentence : `${sentence.slice(0, longestTitle - 1)}…`;
}

function summarySections(decision: Decision, options: RenderOptions): Section[] {
  const introduction = [
    historySentence(decision),
    modelSentence(decision),
    bandSentence(decision),
    standingMode(decision, options),
    settlingSentence(options.settling, decision.decided_at, "check"),
  ];
  return [
    { text: introduction.filter(Boolean).join(" "), drop: 0 },
    ...stopSections(decision, options),
    { text: options.policyImpact?.text ?? "", drop: 1 },
    { text: outlookParagraphs(decision, 8).join("\n\n"), drop: 2 },
    { text: noteText(decision), drop: 3 },
  ];
}

function textSections(decision: Decision, options: RenderOptions): Section[] {
  return [
    ...pointsSections(decision, 20),
    { text: decision.services.length > 1 ? servicesTable(decision, 40) : "", drop: 3 },
    { text: modelTable(decision, 20), drop: 5 },
    { text: gatesTable(decision, 20), drop: 4 },
    { text: provenance(decision, options), drop: 1 },
  ];
}
