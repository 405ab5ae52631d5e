import { UserError } from "../../../core/errors.ts";
import type { Refusal } from "../../../core/ports.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Kubernetes } from "../../kubernetes/client.ts";
import { type AskedSource, sourceOf } from "./owner.ts";
import type { BlueGreen, Canary } from "./resource.ts";
import { imageOf, look, type Place, pathOf, podsOf } from "./scene.ts";
import { movesByItself, restsOf } from "./steps.ts";

/** Everything that would go wrong on the way, before anything moves. */
export async function refusalsOf(
  client: Kubernetes,
  place: Place,
  plan: RolloutPlan,
  asked: AskedSource,
): Promise<Refusal[]> {
  try {
    const scene = await look(client, place);
    await rights(client, place);
    const { spec } = scene.rollout;
    const where = `The Rollout ${place.namespace}/${place.name}`;
    if (spec.workloadRef)
      return one(
        "template-elsewhere",
        `${where} takes its pods from ${spec.workloadRef.kind ?? "a Deployment"} ${spec.workloadRef.name ?? ""} (workloadRef). Give it a template of its own.`,
      );
    if (imageOf(spec.template, place) === null)
      return one(
        "no-such-container",
        `${where} has no container ${place.container ?? ""}. It has: ${spec.template?.spec.containers.map(({ name }) => name).join(", ") ?? "none"}.`,
      );
    const { canary, blueGreen } = spec.strategy;
    if (plan.kind === "back") return sourceOf(asked, scene.rollout) === "git" ? gitBack(where) : [];
    if (plan.kind === "canary" && canary) return canaryRefusals(canary, plan, where);
    if (plan.kind === "blue-green" && blueGreen) return blueGreenRefusals(blueGreen, plan, where);
    return one(
      "unsupported-strategy",
      `${where} is a ${canary ? "canary" : "blue-green"}, and the plan is ${plan.kind}. Choose the same in policy, or write spec.strategy.${plan.kind === "blue-green" ? "blueGreen" : "canary"}.`,
    );
  } catch (error) {
    if (error instanceof UserError && error.reasonCode === "target-refused")
      return one("target-refused", error.message);
    throw error;
  }
}

/** Asked for without changing anything, as the effects will ask. */
async function rights(client: Kubernetes, place: Place): Promise<void> {
  const path = pathOf(place);
  await Promise.all([
    client.tryPatch(path, `change the Rollout ${place.name}`),
    client.tryPatch(`${path}/status`, `change the status of the Rollout ${place.name}`),
    podsOf(client, place, "none"),
  ]);
}

function canaryRefusals(canary: Canary, plan: RolloutPlan, where: string): Refusal[] {
  const routing = canary.trafficRouting;
  if (!routing)
    return one(
      "no-traffic-routing",
      `${where} has no trafficRouting, so that shares would be numbers of pods. Add one.`,
    );
  if ((routing.maxTrafficWeight ?? 100) !== 100)
    return one(
      "no-percent",
      `${where} counts weights to ${routing.maxTrafficWeight}. Take maxTrafficWeight away.`,
    );
  const loose = movesByItself(canary);
  if (loose.length > 0)
    return one(
      "steps-move-by-themselves",
      `${where} goes on by itself after step ${loose.join(", ")}. Write \`pause: {}\` behind every setWeight.`,
    );
  const rests = restsOf(canary.steps).map(({ share }) => share);
  if (rests.some((share, index) => share <= (rests[index - 1] ?? -1)))
    return one("weights-not-rising", `The weights of ${where} do not rise: ${rests.join(", ")}. Let them.`);
  const missing = [0, ...plan.steps.map(({ share }) => share), 100].filter(
    (share, index, all) => !rests.includes(share) && all.indexOf(share) === index,
  );
  if (missing.length > 0)
    return one(
      "no-such-step",
      `${where} does not rest at ${missing.join(", ")} %, and to write other steps would start them anew. It rests at ${rests.join(", ") || "no share"} %. Begin its steps with \`pause: {}\`, write \`setWeight\` and \`pause: {}\` for each share, and end with 100.`,
    );
  if (canary.dynamicStableScale && plan.bake_seconds > 0)
    return one(
      "old-version-not-warm",
      `${where} has dynamicStableScale, which takes the old version's pods away at 100 %, and policy keeps it warm for ${plan.bake_seconds} s. Take it out, or set rollout.bake to 0s.`,
    );
  return [];
}

const defaultScaleDownDelay = 30;

function blueGreenRefusals(blueGreen: BlueGreen, plan: RolloutPlan, where: string): Refusal[] {
  if (blueGreen.autoPromotionEnabled !== false || (blueGreen.autoPromotionSeconds ?? 0) > 0)
    return one(
      "steps-move-by-themselves",
      `${where} cuts over by itself. Set autoPromotionEnabled: false and no autoPromotionSeconds.`,
    );
  const between = plan.steps.find(({ share }) => share !== 0 && share !== 100);
  if (between !== undefined)
    return one("no-such-step", `${where} cuts over all at once and has no ${between.share} %.`);
  const warm = blueGreen.scaleDownDelaySeconds ?? defaultScaleDownDelay;
  if (warm < plan.bake_seconds)
    return one(
      "old-version-not-warm",
      `${where} takes the old version's pods away after ${warm} s (scaleDownDelaySeconds), and policy keeps it warm for ${plan.bake_seconds} s. Raise the one or lower rollout.bake.`,
    );
  return [];
}

function gitBack(where: string): Refusal[] {
  return one(
    "git-owns-it",
    `${where} is what Git says. To go back outside of a rollout, revert the commit that brought the version.`,
  );
}

function one(code: string, sentence: string): Refusal[] {
  return [{ code, sentence }];
}
