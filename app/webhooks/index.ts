import { type CommandOptions, commands, reviews } from "../commands/index.ts";
import { decideChange } from "../decide-change.ts";
import { gates } from "../gates/protection-rule.ts";
import { wakeGates } from "../gates/wake.ts";
import type { AppIdentity, Tell, Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import { wakeGroups } from "../wake-groups.ts";
import { onCheckRun } from "./check-run.ts";
import { onDeploymentStatus } from "./deployment-status.ts";
import { onInstallation } from "./installation.ts";
import { onMergeGroup } from "./merge-group.ts";
import { onPullRequest } from "./pull-request.ts";
import { onPush } from "./push.ts";
import { onRepository } from "./repository.ts";
import { onTimer } from "./timer.ts";
import { onWorkflowRun } from "./workflow-run.ts";

export type Answering = (payload: unknown, work: Work, tell: Tell) => Promise<void>;

/** Who answers to which event; one file a webhook. An event that nobody answers to is finished at once. */
export function webhooks(identity: () => Promise<AppIdentity>): Record<string, Answering> {
  const gate = gates(
    async (subject, environment, work) => (await decideChange(subject, work, { environment }))?.decision,
  );
  const told = async (tell: Tell): Promise<CommandOptions> => ({
    identity: await identity(),
    redecide: async (repository, number, work) => {
      await redecideAndTell(repository, number, work, tell);
      await wakeGates(repository, work);
      await wakeGroups(repository, number, work);
    },
  });
  return {
    pull_request: onPullRequest,
    pull_request_review: async (payload, work, tell) => reviews(await told(tell))(payload, work),
    check_run: async (payload, work) => onCheckRun(payload, work, await identity()),
    workflow_run: onWorkflowRun,
    merge_group: onMergeGroup,
    push: onPush,
    deployment_protection_rule: gate.onProtectionRule,
    deployment_status: onDeploymentStatus,
    installation: onInstallation,
    installation_repositories: onInstallation,
    repository: onRepository,
    issue_comment: async (payload, work, tell) => commands(await told(tell))(payload, work),
    timer: (payload, work, tell) => onTimer(payload, work, tell, { gate: gate.onTimer, identity }),
  };
}
