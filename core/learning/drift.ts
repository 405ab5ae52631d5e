import type { ModelCalibration } from "../change/facts-for-model.ts";
import { probabilityOf } from "../model/predict.ts";
import { type ModelRules, modelDefaults } from "../policy/schema/model.ts";

/** What a model said of a release before it went out, and how that went. */
export type Spoken = { probability: number; failed: boolean };

/** What is said instead of the model, each a chance that was known before the outcome was. */
const rivals = {
  "more-failures": (log: number, factor: number) => probabilityOf(log + Math.log(factor)),
  "fewer-failures": (log: number, factor: number) => probabilityOf(log - Math.log(factor)),
  "no-order": (_log: number, _factor: number, mean: number) => mean,
} as const;
type Towards = keyof typeof rivals;
const directions: readonly Towards[] = ["more-failures", "fewer-failures", "no-order"];

/** A drift may begin at any of these outcomes, and the n-th of them gets 1 / (n · (n + 1)) of the stake. */
const releasesBetweenBegins = 25;
/** Certainty would be refuted by one release for good. */
const surest = 0.005;
const neverSurer = (share: number): number => Math.min(1 - surest, Math.max(surest, share));
const mostEvidence = 1e12;

/**
 * Evidence that releases do not go as the model says, which may be looked at after every one of them. Three rivals bet
 * against the model: that the odds of failing are `factor` times its own, or a `factor`-th of them, or that all
 * releases have the same chance. Each bet is a product of likelihood ratios, one for every 25th release that it may have
 * begun at, and their mean is a martingale of mean 1 where the model is right: by Ville's inequality it ever reaches
 * 1/share with a chance of at most `share`, however often anybody looks (Ramdas et al. 2023, "Game-theoretic statistics
 * and safe anytime-valid inference"). Failures that are less than about √factor off never gather evidence.
 *
 * Example: ten failures in a row at a probability of 0.1 each are evidence of 66.
 */
export function calibrationOf(
  model: string,
  spoken: readonly Spoken[],
  factor: number = modelDefaults.drift.factor,
): ModelCalibration {
  const bets: Record<Towards, number>[] = [];
  let [expected, failures, evidence, staked] = [0, 0, 0, 0];
  let towards: Towards = "more-failures";
  for (const [index, { probability, failed }] of spoken.entries()) {
    const said = neverSurer(probability);
    const log = Math.log(said / (1 - said));
    expected += said;
    failures += failed ? 1 : 0;
    if (index % releasesBetweenBegins === 0) {
      const share = stakeOf(bets.length);
      bets.push({ "more-failures": share / 3, "fewer-failures": share / 3, "no-order": share / 3 });
      staked += share;
    }
    const mean = expected / (index + 1);
    const sums = { "more-failures": 0, "fewer-failures": 0, "no-order": 0 };
    for (const bet of bets)
      for (const name of directions) {
        // A rival that might be surer would win by every release that goes as a model says which is surer than that.
        const rival = neverSurer(rivals[name](log, factor, mean));
        bet[name] *= failed ? rival / said : (1 - rival) / (1 - said);
        sums[name] += bet[name];
      }
    const now = 1 - staked + directions.reduce((sum, name) => sum + sums[name], 0);
    if (now <= evidence) continue;
    evidence = Math.min(now, mostEvidence);
    towards = directions.reduce((most, name) => (sums[name] > sums[most] ? name : most));
  }
  return { model, releases: spoken.length, failures, expected, evidence, towards };
}

function stakeOf(index: number): number {
  return 1 / ((index + 1) * (index + 2));
}

/** Why the model does not count for now, or undefined. */
export function driftSentence(
  calibration: ModelCalibration | null | undefined,
  version: string,
  rules: ModelRules["drift"] = {},
): string | undefined {
  if (calibration == null || calibration.model !== version) return undefined;
  const limits = { ...modelDefaults.drift, ...rules };
  const { releases, failures, expected, evidence } = calibration;
  const limit = 100 / limits["false-alarms-percent"];
  if (releases < limits["least-releases"] || evidence < limit) return undefined;
  const count = `Of ${releases} releases ${failures} failed, where the model expected ${expected.toFixed(1)}`;
  return `${count}; ${meaning[calibration.towards]} explains that ${shown(evidence)} times better than the model does (policy allows ${shown(limit)}).`;
}

const meaning: Record<Towards, string> = {
  "more-failures": "that releases fail more often than it says",
  "fewer-failures": "that releases fail less often than it says",
  "no-order": "that all have the same chance, whatever it says,",
};

function shown(times: number): string {
  return times > 1e6 ? "over a million" : String(Math.round(times));
}
