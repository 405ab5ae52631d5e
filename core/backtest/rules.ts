import { modelBands } from "../policy/model-bands.ts";
import type { PolicyBundle, StrategyMapping } from "../policy/schema.ts";
import { modelDefaults } from "../policy/schema.ts";
import { bandsFor, thresholdsFor } from "../policy/scope.ts";
import type { BandRule } from "./bands.ts";

/** What a policy does with a score, of the weights and of a model, and what it asks of a model before it may decide. */
export type Rules = {
  heuristic: BandRule;
  model: BandRule;
  leastLabels: number;
  heldUpPercent: number;
  recall: "not-below-heuristic" | "any";
  releases: number;
};

export function rulesOf({ thresholds, mapping }: PolicyBundle, environment: string): Rules {
  const own = thresholdsFor(thresholds, { environment });
  const { model = {} } = own;
  const scale = model.scale === "probability" && model.bands !== undefined ? "probability" : "rank";
  const ofPoints = bandsFor(mapping, { environment });
  const when = { ...modelDefaults["enforce-when"], ...model["enforce-when"] };
  const approvalFrom = scale === "rank" ? modelDefaults["approval-from-rank"] : Number.POSITIVE_INFINITY;
  return {
    heuristic: {
      scale: "points",
      bands: bandsOf(ofPoints, mapping),
      approvalFrom: own.approval?.from ?? Number.POSITIVE_INFINITY,
      leastProbability: 0,
    },
    model: {
      scale,
      bands: bandsOf(modelBands(model.scale === "points" ? {} : model, ofPoints), mapping),
      approvalFrom: (model.scale === "points" ? undefined : model.approval?.from) ?? approvalFrom,
      leastProbability: model.approval?.["least-probability"] ?? modelDefaults["least-probability"],
    },
    leastLabels: model["least-labels"] ?? modelDefaults["least-labels"],
    heldUpPercent: when["false-positives-percent"],
    recall: when.recall,
    releases: when.releases,
  };
}

function bandsOf(bands: StrategyMapping["bands"], { strategies }: StrategyMapping): BandRule["bands"] {
  return bands.map((band) => ({
    upTo: band["up-to"],
    kind: strategies[band.strategy]?.kind ?? "blue-green",
  }));
}
