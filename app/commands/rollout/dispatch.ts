import type { RollbackCommand } from "../../../core/commands/rollout.ts";
import { code } from "../../../core/render/escape.ts";
import { startWorkflow } from "../../rollouts/start-workflow.ts";
import type { RolloutAsking } from "../answer.ts";

/** Has the repository's own workflow started, once a comment; a sentence where it cannot be, and what would mend it. */
export async function startBack(
  { service, environment, reason }: RollbackCommand,
  { said, work, identity, here }: RolloutAsking,
): Promise<{ markdown: string } | string> {
  const workflow = here.configuration["rollback-workflow"];
  if (workflow === undefined)
    return ".github/adaptive-deploy.yml names no `rollback-workflow` that it could start.";
  const started = await startWorkflow(
    {
      ...{ repository: said.repository, workflow, inputs: { service, environment, reason }, since: said.at },
      key: `rollback ${said.repository} ${said.id} ${service} ${environment}`,
    },
    work,
    identity,
  );
  if (typeof started === "string") return started;
  return {
    markdown: `the workflow ${code(workflow)} was started on ${code(started.ref)}; its run says how it goes.`,
  };
}
