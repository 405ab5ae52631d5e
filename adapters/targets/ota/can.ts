import type { Refusal } from "../../../core/ports.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Hawkbit } from "./hawkbit.ts";
import { setOf } from "./versions.ts";

/** What speaks against a plan, as far as the server tells; images are looked at afterwards. */
export async function refusalsOf(hawkbit: Hawkbit, fleet: string, plan: RolloutPlan): Promise<Refusal[]> {
  if (plan.kind !== "cohorts" && plan.kind !== "back")
    return [
      {
        code: "unsupported-strategy",
        sentence: `Devices install a version or do not: a fleet cannot go out as ${plan.kind}. Allowed: cohorts.`,
      },
    ];
  const [devices, candidate, stable] = await Promise.all([
    hawkbit.count(fleet),
    setOf(hawkbit, plan.candidate.id),
    plan.stable === null ? undefined : setOf(hawkbit, plan.stable.id),
  ]);
  const refusals: Refusal[] = [];
  if (devices === 0)
    refusals.push({
      code: "no-devices",
      sentence: `The fleet filter ${fleet} holds no device. Mend the filter, or let devices register first.`,
    });
  if (plan.kind === "cohorts" && candidate === undefined)
    refusals.push({
      code: "candidate-not-deployed",
      sentence: `hawkBit has no distribution set ${plan.candidate.id}. Publish the image there first.`,
    });
  if (plan.kind === "cohorts" && candidate?.complete === false)
    refusals.push({
      code: "candidate-not-deployed",
      sentence: `The distribution set ${plan.candidate.id} is not complete: a module is missing in it.`,
    });
  if (plan.stable !== null && stable?.complete !== true)
    refusals.push({
      code: "previous-image-missing",
      sentence: `hawkBit does not hold ${plan.stable.id} any more: there would be no way back. Publish it again.`,
    });
  return refusals;
}
