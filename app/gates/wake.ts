import type { Work } from "../ports.ts";
import { waitingGates } from "./gate.ts";

/**
 * Has every gate of a repository that waits looked at again, each in its own lane: an approval is given in the lane of
 * its pull request, and two lanes must not answer one gate.
 */
export async function wakeGates(repository: string, work: Work): Promise<void> {
  for (const { run_id: run, environment, installation_id: installation } of await waitingGates(
    work.database,
    repository,
    {},
  )) {
    await work.later(
      {
        key: `gate ${repository} ${run} ${environment} news`,
        lane: `${repository.toLowerCase()}!${environment}`,
        installation,
        payload: { kind: "gate", repository, run, environment },
      },
      work.now,
    );
  }
}
