import * as z from "zod";
import { githubError } from "../../../adapters/github/client.ts";
import { ownerAndRepo } from "../../../adapters/github/full-name.ts";
import { statusOf } from "../../../adapters/github/status.ts";
import { mayPass } from "../../../adapters/github/transient.ts";
import type { RollbackCommand } from "../../../core/commands/rollout.ts";
import { code } from "../../../core/render/escape.ts";
import type { RolloutAsking } from "../answer.ts";

const runs = z.object({
  workflow_runs: z.array(
    z.looseObject({ created_at: z.string(), actor: z.looseObject({ login: z.string() }).nullish() }),
  ),
});
const repository = z.looseObject({ default_branch: z.string() });

/** Has the repository's own workflow started, once a comment; a sentence where it cannot be, and what would mend it. */
export async function startBack(
  { service, environment, reason }: RollbackCommand,
  { said, work, identity, here }: RolloutAsking,
): Promise<{ markdown: string } | string> {
  const workflow = here.configuration["rollback-workflow"];
  if (workflow === undefined)
    return ".github/adaptive-deploy.yml names no `rollback-workflow` that it could start.";
  const about = { ...ownerAndRepo(said.repository), workflow_id: workflow };
  try {
    const { data } = await work.client.request("GET /repos/{owner}/{repo}", ownerAndRepo(said.repository));
    const ref = repository.parse(data).default_branch;
    await work.once({
      key: `rollback ${said.repository} ${said.id} ${service} ${environment}`,
      act: async () => {
        const route = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
        const inputs = { service, environment, reason };
        await work.client.request(route, { ...about, ref, inputs });
        return true;
      },
      find: async () => {
        const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
        const asked = { ...about, event: "workflow_dispatch", per_page: 100 };
        const found = runs.parse((await work.client.request(route, asked)).data).workflow_runs;
        const isOurs = ({ actor, created_at: at }: (typeof found)[number]) =>
          actor?.login === `${identity.slug}[bot]` && Date.parse(at) >= wholeSecond(said.at);
        return found.some(isOurs) ? true : undefined;
      },
    });
    return {
      markdown: `the workflow ${code(workflow)} was started on ${code(ref)}; its run says how it goes.`,
    };
  } catch (error) {
    if (mayPass(error)) throw error;
    const remedies: Record<number, string> = {
      403: "The App may not start workflows: give it `actions: write`.",
      404: `There is no workflow \`${workflow}\` on the default branch, or the App may not see it (actions: write).`,
      422: `\`${workflow}\` does not take \`workflow_dispatch\` with the inputs service, environment and reason.`,
    };
    const remedy = remedies[statusOf(error) ?? 0];
    return remedy ?? githubError(error, `the workflow ${workflow} of ${said.repository}`).message;
  }
}

/** GitHub's times have no fractions. */
function wholeSecond(at: Date): number {
  return Math.floor(at.getTime() / 1000) * 1000;
}
