import type { Refusal } from "../../../core/ports.ts";
import type { RolloutPlan, ShareKind } from "../../../core/rollout/plan.ts";
import type { IisArrConfig } from "./config.ts";
import { isFolder, isPackage } from "./versions.ts";

/** What a layout cannot do of a plan, known without asking a machine. */

const kinds: Record<IisArrConfig["layout"], ShareKind[]> = {
  weights: ["weight", "cut-over"],
  swap: ["cut-over"],
  batches: ["batch"],
};

export function refusalsOf(config: IisArrConfig, plan: RolloutPlan): Refusal[] {
  return [...sharesOf(config, plan), ...versionsOf(plan), ...sizesOf(config)];
}

function sharesOf({ layout }: IisArrConfig, { steps }: RolloutPlan): Refusal[] {
  const known = kinds[layout];
  const other = steps.find(({ share, by }) => share > 0 && !known.includes(by));
  if (other !== undefined)
    return [
      {
        code: "unsupported-share",
        sentence: `The layout ${layout} shares by ${known.join(" or ")}, not by ${other.by}.`,
      },
    ];
  const fine = steps.find(({ share }) => Math.abs(Math.round(share * 100) - share * 100) > 1e-6);
  if (layout === "weights" && fine !== undefined)
    return [
      {
        code: "unsupported-share",
        sentence: `ARR has whole weights: ${fine.share} % has more than two decimals.`,
      },
    ];
  const part = steps.find(({ share }) => share > 0 && share < 100);
  return layout === "swap" && part !== undefined
    ? [
        {
          code: "unsupported-share",
          sentence: `A swap of bindings moves all traffic or none, not ${part.share} %.`,
        },
      ]
    : [];
}

function versionsOf({ kind, candidate, stable }: RolloutPlan): Refusal[] {
  // On a way back the candidate is whatever runs.
  const needed = [...(kind === "back" ? [] : [candidate]), ...(stable === null ? [] : [stable])];
  return needed
    .filter((version) => !isPackage(version) && !isFolder(version))
    .map(({ id }) => ({
      code: "unsupported-version",
      sentence: `${id} is neither the absolute path of a .zip nor that of a folder on the machines.`,
    }));
}

function sizesOf(config: IisArrConfig): Refusal[] {
  if (config.layout !== "batches" || config["at-once"] < config.servers.length) return [];
  return [
    {
      code: "no-server-left",
      sentence: `at-once ${config["at-once"]} takes all ${config.servers.length} servers out of the farm at once.`,
    },
  ];
}
