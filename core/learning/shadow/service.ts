import { type ModelRules, modelDefaults, strategyKinds } from "../../policy/schema.ts";
import { calibrationBins } from "../../stats/expected-calibration-error.ts";
import { wilsonInterval } from "../../stats/wilson-interval.ts";
import { calibrationOf, driftSentence } from "../drift.ts";
import type { Ask, Compared } from "./asked.ts";
import { criteriaOf, type Known, verdictOf } from "./criteria.ts";
import type { ArmShadow, Drawn, Listed, ServiceShadow, Share } from "./document.ts";
import type { ShadowRelease } from "./releases.ts";

const nineteenOfTwenty = 1.959_964;

export type Place = { service: string; environment: string };

/** All that is told of one service in one environment. */
export function serviceShadow(
  place: Place,
  releases: readonly ShadowRelease[],
  compared: readonly Compared[],
  rules: ModelRules,
  model: Pick<Known, "labels" | "drift">,
): ServiceShadow {
  const state = rules.state ?? modelDefaults.state;
  const scale = rules.scale ?? modelDefaults.scale;
  const failed = compared.filter(({ went }) => went === "failed");
  const known = {
    scale,
    releases: compared.length,
    failures: failed.length,
    heuristic: armOf(compared, ({ heuristicAsks }) => heuristicAsks),
    model: armOf(compared, ({ modelAsks }) => modelAsks),
  };
  const alone = (one: Ask, other: Ask): boolean => one.approval && !other.approval;
  const caughtAlone = {
    heuristic: failed.filter(({ heuristicAsks, modelAsks }) => alone(heuristicAsks, modelAsks)).length,
    model: failed.filter(({ heuristicAsks, modelAsks }) => alone(modelAsks, heuristicAsks)).length,
  };
  const driftOfAll = driftOfEvery(compared, rules);
  const criteria = criteriaOf({ ...known, ...model, caughtAlone, driftOfAll }, rules);
  const ended = releases.filter(({ went }) => went === "failed" || went === "well");
  return {
    ...place,
    state,
    ...known,
    unspoken: ended.length - compared.length,
    pending: releases.filter(({ went }) => went === "pending").map(listed),
    censored: releases.flatMap((one) =>
      one.went === "unknown" ? [{ ...listed(one), because: one.because ?? "unknown" }] : [],
    ),
    versions: [...new Set(compared.map((one) => one.model.version))],
    expected_failures: compared.reduce((sum, one) => sum + one.model.probability, 0),
    reliability: reliabilityOf(compared),
    releases_over_time: compared.map(drawn),
    criteria,
    verdict: verdictOf(state, scale, criteria),
  };
}

function driftOfEvery(compared: readonly Compared[], rules: ModelRules): string | null {
  const spoken = compared.map(({ model, went }) => ({
    probability: model.probability,
    failed: went === "failed",
  }));
  const name = "every model";
  return driftSentence(calibrationOf(name, spoken, rules.drift?.factor), name, rules.drift) ?? null;
}

function armOf(compared: readonly Compared[], ask: (one: Compared) => Ask): ArmShadow {
  const count = (went: Compared["went"], holds: (ask: Ask) => boolean): number =>
    compared.filter((one) => one.went === went && holds(ask(one))).length;
  const all = (went: Compared["went"]): number => count(went, () => true);
  const approvals = { failed: count("failed", isApproval), well: count("well", isApproval) };
  return {
    approvals_of_failed: approvals.failed,
    approvals_of_well: approvals.well,
    false_positives: shareOf(approvals.well, all("well")),
    recall: shareOf(approvals.failed, all("failed")),
    strategies: strategyKinds.flatMap((kind) => {
      const isKind = ({ strategy }: Ask): boolean => strategy === kind;
      const [failed, well] = [count("failed", isKind), count("well", isKind)];
      return failed + well === 0 ? [] : [{ strategy: kind, failed, well }];
    }),
  };
}

const isApproval = ({ approval }: Ask): boolean => approval;

function shareOf(counted: number, of: number): Share {
  const { lower, upper } = wilsonInterval(counted, of, nineteenOfTwenty);
  return { value: of === 0 ? null : counted / of, low: lower, high: upper };
}

function reliabilityOf(compared: readonly Compared[]): ServiceShadow["reliability"] {
  const bins = calibrationBins(
    compared.map((one) => one.model.probability),
    compared.map(({ went }) => (went === "failed" ? 1 : 0)),
  );
  return bins.flatMap(({ rows, said, came }) => {
    if (rows === 0) return [];
    const { low, high } = shareOf(came * rows, rows);
    return [{ releases: rows, said, came, low, high }];
  });
}

function drawn(one: Compared): Drawn {
  const [weights, model] = [one.heuristicAsks.approval, one.modelAsks.approval];
  return {
    ...listed(one),
    failed: one.went === "failed",
    probability: one.model.probability,
    asked_by: weights && model ? "both" : weights ? "heuristic" : model ? "model" : "nobody",
  };
}

function listed({ decision, openedAt, commit }: ShadowRelease): Listed {
  const at = new Date(openedAt * 1000).toISOString();
  return { decision, at, ...(commit === undefined ? {} : { commit }) };
}
