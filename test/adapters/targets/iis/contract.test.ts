import type { IisArrConfig } from "../../../../adapters/targets/iis-arr/config.ts";
import { iisArr } from "../../../../adapters/targets/iis-arr.ts";
import type { ShareKind } from "../../../../core/rollout/plan.ts";
import { targetContract } from "../../../contracts/target.ts";
import { startModel } from "./model.ts";
import { batches, planFor, stable, swap, weights } from "./samples.ts";
import { usersGet } from "./traffic.ts";

const benches: { settings: IisArrConfig; by: ShareKind; other: ShareKind; shares: number[] }[] = [
  { settings: weights(2, 3), by: "weight", other: "batch", shares: [10, 37.5] },
  { settings: weights(1, 1, 2, true), by: "weight", other: "cohort", shares: [1, 50] },
  { settings: swap(2), by: "cut-over", other: "weight", shares: [] },
  { settings: batches(4), by: "batch", other: "weight", shares: [25, 50] },
];

for (const { settings, by, other, shares } of benches)
  targetContract(`iis-arr on our model, ${settings.layout}, ${settings["state-folder"]}`, async () => {
    const model = startModel(settings, stable.id);
    const plan = planFor(settings, [...shares, 100]);
    return {
      open: () => iisArr(settings, model.ports),
      plan,
      by,
      shares,
      unsupported: { ...plan, steps: plan.steps.map((step) => ({ ...step, by: other })) },
      usersGet: async () => usersGet(settings, model.machines),
      within: 0.01,
      async meddle() {
        for (const { configuration } of model.machines.values())
          for (const site of configuration.sites.values()) site.path = "D:\\by-hand";
      },
      async close() {},
    };
  });
