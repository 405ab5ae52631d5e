import type * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { durationSeconds } from "../../core/policy/duration.ts";
import { otaDefaults, type ota as otaSchema } from "../../core/policy/schema/targets/ota.ts";
import type { Refusal, Target } from "../../core/ports.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import type { Mark } from "../../core/rollout/observed.ts";
import { noVersion, type RolloutPlan } from "../../core/rollout/plan.ts";
import { refused } from "./faults.ts";
import type { TargetSurroundings } from "./index.ts";
import { refusalsOf } from "./ota/can.ts";
import { countsOf } from "./ota/counts.ts";
import { hawkbit as hawkbitAt, tokenVariable } from "./ota/hawkbit.ts";
import { type LeftHere, leftOn } from "./ota/left.ts";
import { cohortOf, forget, type Moving, offer, takeBack, toTakeBack } from "./ota/moves.ts";
import { requireOffered } from "./ota/quarantine.ts";
import { pauseAll, resumeAll, rolloutsOf } from "./ota/server-rollouts.ts";
import { changedByOthers, viewOf } from "./ota/shape.ts";
import { checkImage } from "./ota/signature.ts";
import { somebodysSet } from "./ota/somebody.ts";
import { prefixOf, tagsOf } from "./ota/tags.ts";
import { anySet, artifactsOf, imageDigest, knownSet } from "./ota/versions.ts";

export type OtaConfig = z.infer<typeof otaSchema>;

/**
 * A fleet of devices behind an update server. A share is percent of the devices, by cohorts that contain each other;
 * each is offered as one rollout of the server's, so that nothing goes on by itself.
 */
export function ota(config: OtaConfig, surroundings: TargetSurroundings): Target {
  const { fleet, "signed-by": signer, "test-devices": pinned = [] } = config;
  const hawkbit = hawkbitAt(config.url, config["token-variable"] ?? tokenVariable, surroundings.environment);
  const left = leftOn(hawkbit, fleet);
  const stuckAfterMs = 1000 * durationSeconds(config["stuck-after"] ?? otaDefaults["stuck-after"]);
  const limits = {
    stuckPercent: config["stuck-percent"] ?? otaDefaults["stuck-percent"],
    failedPercent: config["failed-percent"] ?? otaDefaults["failed-percent"],
  };

  const seen = async (plan: RolloutPlan) => {
    const prefix = prefixOf(fleet, plan);
    const [here, tags, rollouts] = await Promise.all([
      left.read(),
      tagsOf(hawkbit, prefix),
      rolloutsOf(hawkbit, prefix),
    ]);
    const time = { nowMs: Date.now(), stuckAfterMs };
    const counts = await countsOf(hawkbit, fleet, plan, { tags, rollouts }, time);
    return { here, tags, rollouts, counts };
  };

  /** The image as it was checked: another one under the same name is offered to nobody. */
  const checked = async (plan: RolloutPlan): Promise<string> => {
    const set = await knownSet(hawkbit, plan.candidate.id);
    const artifacts = await artifactsOf(hawkbit, set);
    await requireOffered(hawkbit, set);
    if (signer !== undefined) await checkImage(hawkbit, artifacts, signer);
    return imageDigest(artifacts);
  };
  const unchanged = async (plan: RolloutPlan, { image }: LeftHere): Promise<void> => {
    const set = await knownSet(hawkbit, plan.candidate.id);
    await requireOffered(hawkbit, set);
    if (image !== imageDigest(await artifactsOf(hawkbit, set)))
      throw refused(`${plan.candidate.id} holds another image than the one that was checked. Start anew.`);
  };
  const typeOf = async ({ stable, candidate }: RolloutPlan): Promise<string> => {
    const { id } = stable ?? candidate;
    return (await (id === noVersion.id ? anySet(hawkbit) : knownSet(hawkbit, id))).type;
  };

  const carryOut = async (
    moving: Moving,
    effect: TargetEffect,
    write: (more: Partial<LeftHere>) => Promise<void>,
    here: LeftHere,
  ): Promise<void> => {
    const { plan } = moving;
    const prefix = prefixOf(fleet, plan);
    switch (effect.kind) {
      case "deploy": {
        const image = await checked(plan);
        const { counts } = await seen(plan);
        await write({ image, share: 0, others: counts.others, paused: false });
        return forget(moving);
      }
      case "share":
        await unchanged(plan, here);
        await write({});
        await offer(moving, effect.share, pinned);
        return write({ share: effect.share });
      case "pause":
        await write({ paused: true });
        return pauseAll(hawkbit, prefix);
      case "resume":
        await write({ paused: false });
        return resumeAll(hawkbit, prefix);
      case "promote":
        await write({ share: null });
        return forget(moving);
      case "restore":
        await write({ paused: false });
        return takeBack(moving, stuckAfterMs);
    }
  };

  return {
    traits: { fenced: false, freezes: true, fleet: true },
    can: async (plan): Promise<Refusal[]> => {
      const refusals = await refusalsOf(hawkbit, fleet, plan);
      if (refusals.length > 0 || plan.kind === "back") return refusals;
      try {
        await checked(plan);
        return [];
      } catch (error) {
        if (!(error instanceof UserError) || error.reasonCode !== "target-refused") throw error;
        return [{ code: "image-refused", sentence: error.message }];
      }
    },
    observe: async (plan) => {
      const [{ here, tags, rollouts, counts }, handsOff] = await Promise.all([
        seen(plan),
        left.readHandsOff(),
      ]);
      const somebodys = changedByOthers(counts, here) ? await somebodysSet(hawkbit, fleet, plan) : null;
      const goingBack = tags.some(({ back }) => back);
      const view = viewOf({ plan, left: here, counts, limits, goingBack, somebodys });
      const running = rollouts.some(({ status }) => status === "starting" || status === "running");
      return { ...view, ready: null, paused: here.paused && !running, mark: here.mark, handsOff };
    },
    apply: async (plan, effect, mark: Mark) => {
      const [here, type] = await Promise.all([left.read(), typeOf(plan)]);
      let now = here;
      const write = (more: Partial<LeftHere>): Promise<void> => {
        now = { ...now, ...more, mark };
        return left.write(now, type);
      };
      await carryOut({ hawkbit, fleet, plan, number: mark.number }, effect, write, here);
    },
    keepOff: async (plan, handsOff) => left.writeHandsOff(handsOff, await typeOf(plan)),
    requests: async (plan, effect) => {
      const moving = { hawkbit, fleet, plan, number: 1 };
      const tags = await tagsOf(hawkbit, prefixOf(fleet, plan));
      if (effect.kind === "restore" && plan.kind === "back" && plan.stable !== null) {
        const back = await toTakeBack(moving, plan.stable.id, tags);
        return [`${plan.stable.id} for ${back.length} of ${await hawkbit.count(fleet)} devices`];
      }
      if (effect.kind !== "share") return [];
      const devices = await cohortOf(moving, tags, effect.share, pinned);
      return [`POST ${config.url}/rest/v1/rollouts: ${plan.candidate.id} for ${devices.length} more devices`];
    },
  };
}
