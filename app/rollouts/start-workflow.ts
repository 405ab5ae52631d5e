import * as z from "zod";
import { githubError } from "../../adapters/github/client.ts";
import { ownerAndRepo } from "../../adapters/github/full-name.ts";
import { statusOf } from "../../adapters/github/status.ts";
import { mayPass } from "../../adapters/github/transient.ts";
import type { AppIdentity, Work } from "../ports.ts";

const runs = z.object({
  workflow_runs: z.array(
    z.looseObject({ created_at: z.string(), actor: z.looseObject({ login: z.string() }).nullish() }),
  ),
});
const found = z.looseObject({ default_branch: z.string() });

export type Start = {
  repository: string;
  /** File of .github/workflows on the default branch. */
  workflow: string;
  inputs: Record<string, string>;
  /** The same for every attempt. */
  key: string;
  /** No run of ours that was meant can be older. */
  since: Date;
};

/**
 * Has a workflow of the repository started, once a key; a sentence where it cannot be, and what would mend it.
 * `before`: it was started by an earlier call.
 */
export async function startWorkflow(
  { repository, workflow, inputs, key, since }: Start,
  work: Work,
  { slug }: AppIdentity,
): Promise<{ ref: string; before: boolean } | string> {
  const place = ownerAndRepo(repository);
  const about = { ...place, workflow_id: workflow };
  try {
    const { data } = await work.client.request("GET /repos/{owner}/{repo}", place);
    const ref = found.parse(data).default_branch;
    const started = await work.once({
      key,
      act: async () => {
        const route = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
        await work.client.request(route, { ...about, ref, inputs });
        return true;
      },
      find: async () => {
        const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
        const asked = { ...about, event: "workflow_dispatch", per_page: 100 };
        const listed = runs.parse((await work.client.request(route, asked)).data).workflow_runs;
        const isOurs = ({ actor, created_at: at }: (typeof listed)[number]) =>
          actor?.login === `${slug}[bot]` && Date.parse(at) >= wholeSecond(since);
        return listed.some(isOurs) ? true : undefined;
      },
    });
    return { ref, before: started === undefined };
  } catch (error) {
    if (mayPass(error)) throw error;
    const names = Object.keys(inputs).join(", ");
    const taking = names === "" ? "without inputs that it asks for" : `with the inputs ${names}`;
    const remedies: Record<number, string> = {
      403: "The App may not start workflows: give it `actions: write`.",
      404: `There is no workflow \`${workflow}\` on the default branch, or the App may not see it (actions: write).`,
      422: `\`${workflow}\` does not take \`workflow_dispatch\` ${taking}.`,
    };
    return (
      remedies[statusOf(error) ?? 0] ??
      githubError(error, `the workflow ${workflow} of ${repository}`).message
    );
  }
}

/** GitHub's times have no fractions. */
function wholeSecond(at: Date): number {
  return Math.floor(at.getTime() / 1000) * 1000;
}
