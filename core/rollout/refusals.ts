import type { Refusal, Target } from "../ports.ts";
import { handsOffNow, type Observed } from "./observed.ts";
import type { RolloutPlan } from "./plan.ts";

/** What speaks against a plan before anything moves: in itself, by what the target can, and by how it stands. */
export async function refusals(plan: RolloutPlan, target: Target, now: string): Promise<Refusal[]> {
  const found = [...wrongIn(plan), ...(await target.can(plan))];
  if (found.length > 0) return found;
  const observed = await target.observe(plan);
  const off = handsOffNow(observed, now);
  if (off !== null)
    return [
      {
        code: "hands-off",
        sentence: `${off.by} keeps automation off this target, until \`adaptive-deploy off --lift\`: ${off.reason}`,
      },
    ];
  return plan.kind === "back" ? againstBack(plan, observed) : againstForth(plan, observed);
}

/** Policy's own check finds this with file and line; a plan may come from elsewhere. */
function wrongIn({ kind, steps }: RolloutPlan): Refusal[] {
  const shares = steps.map(({ share }) => share);
  const rising = shares.every((share, index) => index === 0 || share > (shares[index - 1] ?? 0));
  if (kind === "back" || (rising && shares.at(-1) === 100)) return [];
  const sentence = `The shares of the plan are ${shares.join(", ") || "none"}; they have to rise, the last one to 100.`;
  return [{ code: "shares-not-rising", sentence }];
}

const noKnownGood: Refusal = {
  code: "no-known-good",
  sentence: "No version is known to be good to go back to. Deploy a first one by hand.",
};

function againstBack({ stable }: RolloutPlan, observed: Observed): Refusal[] {
  if (stable === null) return [noKnownGood];
  if (!observed.settled || observed.candidate !== null || observed.stable !== stable?.id) return [];
  return [{ code: "already-there", sentence: `${stable?.id ?? "It"} has everything already.` }];
}

function againstForth(plan: RolloutPlan, observed: Observed): Refusal[] {
  const { candidate, stable, settled } = observed;
  if (stable === plan.candidate.id && candidate === null)
    return [{ code: "already-there", sentence: `${plan.candidate.id} is the stable version already.` }];
  // Asked after that: what runs already is no place to go back to either.
  if (plan.stable === null) return [noKnownGood];
  if (stable !== null && stable !== plan.stable?.id)
    return [
      {
        code: "changed-by-somebody",
        sentence: `${stable} is the stable version there, and the plan would go back to ${plan.stable?.id ?? "nothing"}. Plan anew.`,
      },
    ];
  if (!settled)
    return [
      { code: "target-moving", sentence: "The target is still moving from something else. Wait for it." },
    ];
  if (candidate !== null && candidate !== plan.candidate.id)
    return [
      {
        code: "changed-by-somebody",
        sentence: `${candidate} stands beside the stable version, put there by somebody else. Take it away first.`,
      },
    ];
  return [];
}
