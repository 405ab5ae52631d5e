import type { VerdictReason } from "../../core/analysis/verdict.ts";
import { orStopped } from "../stopping.ts";
import type { Comparison } from "./comparison.ts";

/** Why nothing is compared at all. */
export type Held = {
  verdict: "hold" | "rollback";
  reason: VerdictReason;
  sentence: string;
  missing: string[];
};

/** What stands in the way before the first window: no baseline, too little traffic, a candidate that is not ready. */
export async function heldBefore({ inputs, ports, choice, power }: Comparison): Promise<Held | undefined> {
  if (choice.kind === "none")
    return {
      verdict: "hold",
      reason: "no-data",
      sentence: choice.document.sentence,
      missing: ["A baseline."],
    };
  const { motion } = power;
  if (!motion.goes)
    return {
      verdict: "hold",
      reason: "not-enough-power",
      sentence: motion.sentences.join(" "),
      missing: motion.sentences.slice(-1),
    };
  if (inputs.ready.length === 0) return undefined;
  const results = await orStopped(ports.probe(probesOf("ready", inputs.ready), readySeconds), ports.stop);
  const failed = results?.find(({ ok }) => !ok);
  if (failed === undefined) return undefined;
  return {
    verdict: inputs.onProbeFailure,
    reason: "probe-failed",
    sentence: failed.sentence,
    missing: [failed.sentence],
  };
}

const readySeconds = 120;

export function probesOf(word: string, urls: readonly string[]) {
  return urls.map((url, index) => ({ name: urls.length === 1 ? word : `${word} ${index + 1}`, url }));
}
