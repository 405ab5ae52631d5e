import type { Decision } from "../decision/shape.ts";
import { detailParagraphs, detailsBlock, detailsTitle } from "./details.ts";
import { fitSections, type Section } from "./fit.ts";
import { headline, mayStayQuiet } from "./headline.ts";
import { headingVoice, markdownVoice, servicesTable } from "./markdown.ts";
import type { RenderOptions } from "./options.ts";
import { noteText, outlookParagraphs, pointsSections, stopSections } from "./sections.ts";
import { bandSentence, historySentence, pendingSentence } from "./sentences.ts";
import { modeSentence } from "./words.ts";

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
  const sections = mayStayQuiet(decision)
    ? quietSections(decision, options)
    : fullSections(decision, options);
  return `${marker}${fitSections(sections, longestComment - marker.length)}\n`;
}

/** A low risk takes one line; the rest is there for whoever opens it. */
function quietSections(decision: Decision, options: CommentOptions): Section[] {
  const inside = [
    [historySentence(decision), bandSentence(decision), modeSentence(decision)].filter(Boolean).join("\n"),
    ...pointsSections(decision, mostReasons).map((section) => section.text),
    outlookParagraphs(decision, mostUnknowns).join("\n"),
    ...detailParagraphs(decision, options),
  ];
  return [
    { text: headline(decision, markdownVoice), drop: 0 },
    { text: pendingSentence(options) ?? "", drop: 0 },
    { text: detailsBlock("Why, and details", inside), drop: 1 },
  ];
}

function fullSections(decision: Decision, options: CommentOptions): Section[] {
  const introduction = [
    historySentence(decision),
    bandSentence(decision),
    [modeSentence(decision), pendingSentence(options)].filter(Boolean).join(" "),
  ];
  return [
    { text: `### ${headline(decision, headingVoice)}`, drop: 0 },
    { text: introduction.filter(Boolean).join("\n"), drop: 0 },
    ...stopSections(decision),
    ...pointsSections(decision, mostReasons),
    { text: decision.services.length > 1 ? servicesTable(decision, mostServices) : "", drop: 3 },
    { text: outlookParagraphs(decision, mostUnknowns).join("\n"), drop: 2 },
    { text: noteText(decision), drop: 4 },
    { text: detailsBlock(detailsTitle(options), detailParagraphs(decision, options)), drop: 5 },
  ];
}
