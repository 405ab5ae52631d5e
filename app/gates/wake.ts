import { gateLane } from "../inbox/address.ts";
import type { Work } from "../ports.ts";
import { type Gate, type Which, waitingGates } from "./gate.ts";

/** Has a gate looked at again at a moment, in its own lane. */
export function wakeGate(gate: Gate, why: string, at: Date, work: Work): Promise<void> {
  const {
    repository,
    run_id: run,
    environment,
    deployment_id: deployment,
    installation_id: installation,
  } = gate;
  return work.later(
    {
      key: `gate ${repository} ${run} ${environment} ${why}`,
      lane: `${repository.toLowerCase()}${gateLane(environment, deployment)}`,
      installation,
      payload: { kind: "gate", repository, run, environment },
    },
    at,
  );
}

/**
 * Has every gate of a repository that waits looked at again, each in its own lane: an approval is given in the lane of
 * its pull request, and two lanes must not answer one gate.
 */
export async function wakeGates(repository: string, work: Work, which: Which = {}): Promise<void> {
  for (const gate of await waitingGates(work.database, repository, which))
    await wakeGate(gate, "news", work.now, work);
}
