import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { DecisionBody } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import { optional } from "../../core/optional.ts";
import type { Ledger, Target } from "../../core/ports.ts";
import type { Observed } from "../../core/rollout/observed.ts";
import {
  digestIn,
  type NewPlan,
  noRollout,
  noVersion,
  type RolloutPlan,
  type Version,
} from "../../core/rollout/plan.ts";
import { type About, leaseSecondsOf, planBack, planOf, stopRulesOf } from "../../core/rollout/plan-of.ts";
import type { StopRules } from "../../core/rollout/stops.ts";
import { decidedOf, decisionNamed, decisionOf, type ServiceAnswer } from "./decision.ts";
import { type Place, placeOf } from "./service.ts";

export type RolloutInputs = {
  service?: string;
  environment?: string;
  decisionId?: string;
  /** Path of a decision's file. */
  decision?: string;
  target?: string;
  candidate?: string;
  stable?: string;
  unsafeBack: string[];
};

export type PreparePorts = {
  resolved: ResolvedPolicy;
  ledger: Ledger;
  openTarget(config: Place["config"]): Target;
  readText(path: string): Promise<string>;
  repository?: string;
  commit?: string;
};

/** Where a service runs and what holds for its rollouts there, whichever of them is meant. */
export type Ground = {
  place: Place;
  target: Target;
  stream: string;
  rules: StopRules;
  leaseSeconds: number;
};
export type Prepared = Ground & {
  plan: NewPlan;
  decision: DecisionBody;
  /** What was decided of the service alone. */
  answer: ServiceAnswer;
};

/** Everything that follows from inputs, policy and decision, before the ledger or the target is written to. */
export async function prepareRollout(inputs: RolloutInputs, ports: PreparePorts): Promise<Prepared> {
  const ground = groundOf(inputs, ports);
  const { place, target } = ground;
  const decision = await decisionFor(inputs, place, ports);
  const candidate = inputs.candidate ?? decision.subject.candidate;
  if (!candidate)
    throw new UserError(
      "no-candidate",
      "Nothing says what goes out. Name it in `candidate`, as its target calls it: an image, a package, a version.",
    );
  const commit = decision.subject.head ?? ports.commit;
  const about = await aboutOf(inputs, place, candidate, target, { ...ports, ...optional("commit", commit) });
  const answer = decidedOf(decision, place.service, place.environment);
  // A shadow changes nothing, and so holds nothing up.
  const decided = answer.mode === "shadow" ? { ...answer, needs_approval: false } : answer;
  const plan = planOf(decided, { ...about, decisionId: decision.decision_id }, place.thresholds);
  return { ...ground, plan, decision, answer };
}

/** The way back from what runs to `stable`: it needs no decision, because it waits for nobody. */
export function backFrom(
  { place, target }: Ground,
  candidate: Version,
  stable: Version,
  { repository, fleet = false }: Pick<PreparePorts, "repository"> & { fleet?: boolean },
): NewPlan {
  const about: About = {
    ...aboutPlace(place, target),
    ...{ candidate, stable },
    ...optional("repository", repository),
  };
  return { ...planBack(about, place.thresholds), ...optional("whole_fleet", fleet || undefined) };
}

export function groundOf(
  inputs: Pick<RolloutInputs, "service" | "environment" | "target">,
  { resolved, openTarget }: Pick<PreparePorts, "resolved" | "openTarget">,
): Ground {
  const place = placeOf(inputs, resolved);
  return {
    place,
    target: openTarget(place.config),
    stream: serviceStream(place.environment, place.service),
    rules: stopRulesOf(place.thresholds),
    leaseSeconds: leaseSecondsOf(place.thresholds),
  };
}

/** What the target says of itself, outside of any rollout. */
export async function observedAt({ place, target }: Ground): Promise<Observed> {
  const about = { ...aboutPlace(place, target), candidate: noVersion, stable: null };
  return target.observe({ ...planBack(about, place.thresholds), rollout: noRollout });
}

function aboutPlace({ service, environment, config }: Place, { traits }: Target) {
  return { service, environment, target: config.kind, freezes: traits.freezes };
}

async function decisionFor(
  { decisionId, decision }: RolloutInputs,
  place: Place,
  { ledger, readText }: PreparePorts,
): Promise<DecisionBody> {
  if (decision !== undefined) return decisionOf(await readText(decision), decision);
  if (decisionId !== undefined) return await decisionNamed(ledger, decisionId, place);
  throw new UserError(
    "no-decision",
    "A rollout follows a decision: name it in `decision-id` (read from the ledger) or give its file as `decision`.",
  );
}

async function aboutOf(
  inputs: RolloutInputs,
  place: Place,
  candidate: string,
  target: Target,
  { repository, commit }: PreparePorts,
): Promise<About> {
  const about: About = {
    ...aboutPlace(place, target),
    candidate: { id: candidate, ...optional("digest", digestIn(candidate)) },
    stable: inputs.stable === undefined ? null : { id: inputs.stable },
    unsafeBack: inputs.unsafeBack,
    ...optional("repository", repository),
    ...optional("commit", commit),
  };
  if (about.stable !== null) return about;
  const asked: RolloutPlan = { ...planBack(about, place.thresholds), rollout: noRollout };
  const { stable } = await target.observe(asked);
  // What runs already is no place to go back to.
  return { ...about, stable: stable === null || stable === candidate ? null : { id: stable } };
}
