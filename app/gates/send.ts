import * as z from "zod";
import { ask, githubError } from "../../adapters/github/client.ts";
import { ownerAndRepo } from "../../adapters/github/full-name.ts";
import { statusOf } from "../../adapters/github/status.ts";
import type { Work } from "../ports.ts";
import { type Answered, claimReport, closeGate, type Ending, type Gate, gateKey } from "./gate.ts";
import type { Word } from "./word.ts";

/** GitHub takes ten reports of one gate; the tenth is kept for the answer. */
const mostReports = 9;

/** Says how it stands, where that is new. A report whose outcome is unknown is not repeated. */
export async function report(gate: Gate, comment: string, work: Work): Promise<void> {
  work.signal.throwIfAborted();
  if (!(await claimReport(work.database, gate, comment, mostReports))) return;
  try {
    await post(gate, work, { comment });
  } catch (error) {
    work.warn(githubError(error, `the report of ${gateKey(gate)}`).message);
  }
}

/**
 * The last word on a gate, exactly once: GitHub takes no second one. Of a gate that has been settled since, by another
 * word, an end of its run, or ours whose receipt was lost, GitHub does not say by which: it counts as nothing passed.
 */
export async function answer(
  gate: Gate,
  { state, comment, withinPolicy }: Word & { state: Answered; withinPolicy: boolean },
  work: Work,
): Promise<void> {
  const close = async (ending: Ending): Promise<{ done: true }> => {
    await closeGate(work.database, gate, ending, work.now);
    return { done: true };
  };
  await work.once<{ done: true }>({
    key: gateKey(gate),
    act: async () => {
      const isTaken = await ask(`the answer to ${gateKey(gate)} (deployments: write)`, () =>
        post(gate, work, { state, comment }).then(
          () => true,
          (error: unknown) => {
            if (!isSettled(error)) throw error;
            return false;
          },
        ),
      );
      return close(isTaken ? { state: "answered", answer: state, withinPolicy } : { state: "expired" });
    },
    find: async () => ((await isPending(gate, work)) ? undefined : close({ state: "expired" })),
  });
}

/** GitHub's word for a gate that has its answer, or a run that waits no more. */
function isSettled(error: unknown): boolean {
  return statusOf(error) === 422;
}

function post(
  gate: Gate,
  { client }: Work,
  said: { state?: Answered; comment: string },
): Promise<{ data: unknown }> {
  return client.request("POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule", {
    ...placeOf(gate),
    environment_name: gate.environment,
    ...said,
  });
}

const pending = z.array(z.object({ environment: z.object({ name: z.string() }) }));

async function isPending(gate: Gate, work: Work): Promise<boolean> {
  const { data } = await ask(`what run ${gate.run_id} waits for (actions: read)`, () =>
    work.client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments", placeOf(gate)),
  );
  return pending.parse(data).some(({ environment }) => environment.name === gate.environment);
}

function placeOf({ repository, run_id }: Gate) {
  const { owner, repo } = ownerAndRepo(repository);
  return { owner, repo, run_id };
}
