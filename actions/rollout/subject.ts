import { eventNames, type RunnerEnvironment, subjectOfRun } from "../../adapters/github/event.ts";
import { ownerAndName } from "../../adapters/github/full-name.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import { exitCodes, UserError } from "../../core/errors.ts";

/**
 * What this run is about. A rollout follows a decision and not an event, so that any event may start it: a schedule
 * too, or another workflow.
 */
export async function subjectOfJob(environment: RunnerEnvironment): Promise<Subject> {
  const {
    GITHUB_EVENT_NAME: event = "",
    GITHUB_REPOSITORY: repository = "",
    GITHUB_SHA: head = "",
  } = environment;
  if (eventNames.some((name) => name === event)) return subjectOfRun(environment);
  const { owner, name } = ownerAndName(repository);
  if (!owner || !name)
    throw new UserError(
      "no-event",
      "GITHUB_REPOSITORY is not set, so this is not a step of a workflow. In a terminal, run: npx adaptive-deploy rollout.",
      exitCodes.usage,
    );
  return {
    ...{ kind: "release", owner, name, head },
    baseBranch: (environment.GITHUB_REF ?? "").replace(/^refs\/heads\//, ""),
    ...{ title: "", authorIsBot: false, readOnly: false, fromFork: false, trustedRun: false },
  };
}
