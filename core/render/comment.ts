import type { Decision } from "../decision/shape.ts";
import { detailParagraphs, detailsBlock, detailsTitle } from "./details.ts";
import { fitSections, type Section } from "./fit.ts";
import { headline, mayStayQuiet } from "./headline.ts";
import { headingVoice, markdownVoice, servicesTable } from "./markdown.ts";
import { modelSentence } from "./model-says.ts";
import type { RenderOptions } from "./options.ts";
import { noteText, outlookParagraphs, pointsSections, stopSections } from "./sections.ts";
import { bandSentence, historySentence } from "./sentences.ts";
import { settlingSentence, standingAsk, standingMode } from "./standing.ts";

/** The hidden line by which the comment is found again. */
export const commentMarker = "<!-- adaptive-deploy:risk:v1 -->";

export type CommentOptions = RenderOptions & { marker?: string };

/** GitHub's limit is 65,536 characters. */
const longestComment = 65_000;
const mostReasons = 6;
const mostServices = 12;
const mostUnknowns = 6;

/** The sticky comment of a pull request, in GitHub-flavoured Markdown. */
export function renderComment(decision: Decision, options: CommentOptions = {}): string {
  const marker = options.marker === "" ? "" : `${options.marker ?? commentMarker}\n`;
  const isShort = options.quiet || (mayStayQuiet(decision) && !options.hold && !options.policyImpact);
  const sections = isShort ? quietSections(decision, options) : fullSections(decision, options);
  return `${marker}${fitSections(sections, longestComment - marker.length)}\n`;
}

/** A low risk takes one line, and so does any where people asked for it; the rest is there for whoever opens it. */
function quietSections(decision: Decision, options: CommentOptions): Section[] {
  const inside = [
    [
      historySentence(decision),
      modelSentence(decision),
      bandSentence(decision),
      [standingMode(decision, options), pendingSentence(decision, options)].filter(Boolean).join(" "),
    ]
      .filter(Boolean)
      .join("\n"),
    ...stopSections(decision, options).map((section) => section.text),
    options.policyImpact?.text,
    ...pointsSections(decision, mostReasons).map((section) => section.text),
    outlookParagraphs(decision, mostUnknowns).join("\n"),
    ...detailParagraphs(decision, options),
  ];
  return [
    { text: headline(decision, markdownVoice, standingAsk(decision, options, markdownVoice)), drop: 0 },
    { text: detailsBlock("Why, and details", inside), drop: 1 },
  ];
}

function fullSections(decision: Decision, options: CommentOptions): Section[] {
  const introduction = [
    historySentence(decision),
    modelSentence(decision),
    bandSentence(decision),
    [standingMode(decision, options), pendingSentence(decision, options)].filter(Boolean).join(" "),
  ];
  const ask = standingAsk(decision, options, headingVoice);
  return [
    { text: `### ${headline(decision, headingVoice, ask)}`, drop: 0 },
    { text: introduction.filter(Boolean).join("\n"), drop: 0 },
    ...stopSections(decision, options),
    { text: options.policyImpact?.text ?? "", drop: 2 },
    ...pointsSections(decision, mostReasons),
    { text: decision.services.length > 1 ? servicesTable(decision, mostServices) : "", drop: 3 },
    { text: outlookParagraphs(decision, mostUnknowns).join("\n"), drop: 2 },
    { text: noteText(decision), drop: 4 },
    { text: detailsBlock(detailsTitle(options), detailParagraphs(decision, options)), drop: 5 },
  ];
}

function pendingSentence(decision: Decision, { settling }: CommentOptions): string | undefined {
  return settlingSentence(settling, decision.decided_at, "comment");
}
