import type { ServiceShadow, ShadowReport } from "../../learning/shadow/document.ts";
import { cell, codeCell } from "../escape.ts";
import { fitSections, type Section } from "../fit.ts";
import { bulletList, headingVoice, markdownTable, markdownVoice as voice } from "../markdown.ts";
import { counted } from "../numbers.ts";
import { upTo } from "../pen.ts";
import {
  armHeadings,
  armRows,
  asideSentences,
  criterionWords,
  feedbackSentence,
  headSentences,
  outcomeSentences,
  placeWords,
  reliabilityHeadings,
  reliabilityRows,
} from "./words.ts";

/** GitHub takes 65,536 characters; a marker stands before these. */
const longest = 60_000;
const mostServices = 40;
const mostFeedback = 30;

/** The report for an issue, a step's summary or a file. `server`: where links lead, for example https://github.com. */
export function renderShadowMarkdown(report: ShadowReport, server: string): string {
  const { services, feedback } = report;
  const link = (path: string): string => `[comment](${server}${path})`;
  const said = upTo(
    feedback.map((one) => feedbackSentence(one, voice, link)),
    mostFeedback,
  );
  const more = services.length - mostServices;
  const sections: Section[] = [
    { text: `## Shadow report\n\n${headSentences(report, voice).join("\n\n")}`, drop: 0 },
    { text: verdictTable(services.slice(0, mostServices)), drop: 1 },
    ...services
      .slice(0, mostServices)
      .map((one, index) => ({ text: renderServiceShadow(one), drop: 2 + index })),
    { text: more > 0 ? `and ${counted(more, "more service")}; \`--json\` has them all.` : "", drop: 1 },
    { text: said.length > 0 ? `### Said with \`/risk wrong\`\n\n${bulletList(said)}` : "", drop: 1 },
  ];
  return `${fitSections(sections, longest, "`--json` holds the rest.")}\n`;
}

function verdictTable(services: readonly ServiceShadow[]): string {
  const rows = services.map((one) => [
    `${codeCell(one.service)} in ${codeCell(one.environment)}`,
    one.state,
    String(one.releases),
    String(one.failures),
    cell(one.verdict.sentence),
  ]);
  return markdownTable(["Service", "state", "--: releases", "--: failed", "verdict"], rows);
}

export function renderServiceShadow(one: ServiceShadow): string {
  const criteria = one.criteria.map(({ name, answer, sentence }) => [
    name,
    criterionWords[answer],
    cell(sentence, 400),
  ]);
  return [
    `### ${placeWords(one, headingVoice)}`,
    outcomeSentences(one, voice).join(" "),
    ...(one.releases > 0 ? [markdownTable(armHeadings, armRows(one))] : []),
    markdownTable(["Criterion", "", "why"], criteria),
    ...(one.reliability.length > 0 ? [markdownTable(reliabilityHeadings, reliabilityRows(one))] : []),
    bulletList(asideSentences(one, voice)),
  ]
    .filter(Boolean)
    .join("\n\n");
}
