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
export async function heldBefore(comparison: Comparison): Promise<Held | undefined> {
  return noBaseline(comparison) ?? noPower(comparison) ?? (await notReady(comparison));
}

export function noBaseline({ choice }: Comparison): Held | undefined {
  if (choice.kind !== "none") return undefined;
  return {
    verdict: "hold",
    reason: "no-data",
    sentence: choice.document.sentence,
    missing: ["A baseline."],
  };
}

export function noPower({ power: { motion } }: Comparison): Held | undefined {
  if (motion.goes) return undefined;
  return {
    verdict: "hold",
    reason: "not-enough-power",
    sentence: motion.sentences.join(" "),
    missing: motion.sentences.slice(-1),
  };
}

export async function notReady({ inputs, ports }: Comparison): Promise<Held | undefined> {
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
