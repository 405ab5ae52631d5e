import type { Tuning } from "../../analysis/tune/tuning.ts";
import { bulletList, markdownTable, markdownVoice } from "../markdown.ts";
import { counted } from "../numbers.ts";
import { upTo } from "../pen.ts";
import { headSentences, noiseSentences, tradeOffTable, unlikeSentence } from "./words.ts";

const mostUnlike = 30;

/** What tuning found, as Markdown. */
export function renderTuningMarkdown(tuning: Tuning): string {
  const voice = markdownVoice;
  const { headings, rows } = tradeOffTable(tuning, voice);
  const unlike = upTo(
    tuning.unlike.map((one) => unlikeSentence(one, voice)),
    mostUnlike,
  );
  return `${[
    "## What the policy would have done",
    headSentences(tuning, voice).join(" "),
    "Each rollout is judged with what the others teach. A target is added to the candidate from the first window on.",
    markdownTable(headings, rows),
    "## Noise",
    ...tuning.noise.flatMap((metric) => [
      `### ${voice.name(metric.metric)}`,
      bulletList(noiseSentences(metric)),
    ]),
    ...(unlike.length > 0
      ? [`## ${counted(tuning.unlike.length, "baseline")} to look at`, bulletList(unlike)]
      : []),
  ].join("\n\n")}\n`;
}
