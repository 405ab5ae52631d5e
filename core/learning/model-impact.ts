import type { ChangeFacts } from "../change/facts.ts";
import { decide } from "../decision/decide.ts";
import { type Impact, policyImpact } from "../decision/impact.ts";
import type { Mode } from "../policy/modes.ts";
import type { PolicyBundle, ThresholdsAndWindows } from "../policy/schema.ts";
import { asFacts } from "./as-facts.ts";
import type { Dataset } from "./sample.ts";

const mostReplayed = 500;

/** What a policy with another model, or other bands for it, would have made of the newest changes. */
export type ModelImpact = {
  /** With the states that policy gives the model as it stands. */
  asIs: Impact;
  /** Were it enforced everywhere; absent where it is. */
  enforced?: Impact;
  /** Why the model would not decide even then, of the newest change. */
  silent?: string;
};

export function modelImpact(dataset: Dataset, before: PolicyBundle, after: PolicyBundle): ModelImpact {
  const newest = dataset.samples.slice(-mostReplayed);
  const last = newest.at(-1);
  const day = last ? new Date(last.at * 1000).toISOString().slice(0, 10) : "";
  const facts = newest.map((sample) => asFacts(sample, after, day));
  const enforced = { ...after, thresholds: inState(after.thresholds, "enforced") };
  const newestFacts = facts.at(-1);
  const silent = newestFacts && whySilent(newestFacts, enforced);
  return {
    asIs: policyImpact(facts, before, after),
    ...(isEnforced(after.thresholds) ? {} : { enforced: policyImpact(facts, before, enforced) }),
    ...(silent === undefined ? {} : { silent }),
  };
}

function whySilent(facts: ChangeFacts, policy: PolicyBundle): string | undefined {
  const { model } = decide(facts, policy);
  return model?.reason_code === undefined ? undefined : model.sentence;
}

/** True where the model is enforced for every service in every environment. */
function isEnforced({ defaults, scopes = [] }: ThresholdsAndWindows): boolean {
  const others = scopes.map(({ model }) => model?.state ?? "enforced");
  return [defaults.model?.state, ...others].every((state) => state === "enforced");
}

function inState({ defaults, scopes, ...rest }: ThresholdsAndWindows, state: Mode): ThresholdsAndWindows {
  const set = <Part extends { model?: ThresholdsAndWindows["defaults"]["model"] }>(part: Part): Part => ({
    ...part,
    model: { ...part.model, state },
  });
  return { ...rest, defaults: set(defaults), ...(scopes === undefined ? {} : { scopes: scopes.map(set) }) };
}
