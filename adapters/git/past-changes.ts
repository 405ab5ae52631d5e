import type { ChangeFacts } from "../../core/change/facts.ts";
import { factsOfSample } from "../../core/change/history.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { gitHistory } from "./history.ts";
import { gitRepository } from "./repository.ts";

/** The merged changes of a checkout's base as facts, from their diffs alone: what a new policy is tried on. */
export async function changesOfHistory(folder: string, policy: PolicyBundle): Promise<ChangeFacts[]> {
  const repository = gitRepository(folder);
  const { weights } = policy;
  const history = await gitHistory({
    repository,
    base: "HEAD",
    rules: { notCounted: weights["not-counted"], counted: weights.counted },
  });
  return history.sample.rows.map(factsOfSample);
}
