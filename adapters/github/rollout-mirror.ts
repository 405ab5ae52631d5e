import * as z from "zod";
import { plain } from "../../core/render/escape.ts";
import { standingWords } from "../../core/render/rollout/sentences.ts";
import { effectWords, shareWords } from "../../core/render/rollout/words.ts";
import { digestOf } from "../../core/rollout/plan.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { type RolloutStatus, statusOf } from "../../core/rollout/status.ts";
import { type GitHubClient, githubError } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";
import { mirrorTask } from "./mirror-task.ts";

export type MirrorOptions = {
  client: GitHubClient;
  /** "owner/name" */
  repository: string;
  /** Page of the run that drives it. */
  logUrl?: string;
  now(): string;
  warn(sentence: string): void;
};

type StatusState = "in_progress" | "success" | "failure" | "inactive";
type Status = { state: StatusState; description: string };
const payload = z.looseObject({ rollout: z.string(), candidate: z.string() });
const deployment = z.looseObject({ id: z.int(), payload: payload.catch({ rollout: "", candidate: "" }) });
const status = z.looseObject({ state: z.string(), description: z.string().nullish() });

const onePage = 100;
/** GitHub takes no longer text. */
const longestDescription = 140;

/**
 * Shows a rollout as a GitHub deployment of its environment, with a status for each step. Nothing is decided by it, and
 * a GitHub that is away delays nothing: the next change is shown again.
 */
export function rolloutMirror(options: MirrorOptions): { show(state: RolloutState): Promise<void> } {
  const { client, repository, now, warn } = options;
  const place = ownerAndRepo(repository);
  const known = new Map<string, number>();
  let isAway = false;

  async function ofService({ plan }: RolloutState): Promise<z.infer<typeof deployment>[]> {
    const { data } = await client.request("GET /repos/{owner}/{repo}/deployments", {
      ...place,
      ...{ task: mirrorTask(plan.service), environment: plan.environment, per_page: onePage },
    });
    return z.array(deployment).parse(data);
  }

  async function idOf(state: RolloutState): Promise<number | undefined> {
    const { plan } = state;
    const before = known.get(plan.rollout);
    if (before !== undefined || plan.commit === undefined) return before;
    const own = (await ofService(state)).find((one) => one.payload.rollout === plan.rollout);
    const id = own?.id ?? (await created(state));
    known.set(plan.rollout, id);
    return id;
  }

  async function created({ plan }: RolloutState): Promise<number> {
    const { data } = await client.request("POST /repos/{owner}/{repo}/deployments", {
      ...place,
      ref: plan.commit,
      task: mirrorTask(plan.service),
      environment: plan.environment,
      description: short(`${plan.service}: ${plan.candidate.id}`),
      payload: { rollout: plan.rollout, service: plan.service, candidate: digestOf(plan.candidate) },
      // What may go out was decided already, and of which branch.
      auto_merge: false,
      required_contexts: [],
    });
    return deployment.parse(data).id;
  }

  /** The newest status says already what is to be shown where an earlier attempt, or another run, was first. */
  async function say(id: number, wanted: Status): Promise<void> {
    const route = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses";
    const about = { ...place, deployment_id: id };
    const { data } = await client.request(`GET ${route}`, { ...about, per_page: 1 });
    const [newest] = z.array(status).parse(data);
    if (newest?.state === wanted.state && newest.description === wanted.description) return;
    await client.request(`POST ${route}`, {
      ...about,
      ...wanted,
      // Other services of the environment go on as they are.
      auto_inactive: false,
      ...(options.logUrl === undefined ? {} : { log_url: options.logUrl }),
    });
  }

  /** What was replaced or taken away runs no more. */
  async function retire(state: RolloutState): Promise<void> {
    const { plan, doing } = state;
    if (doing.kind !== "ended") return;
    const gone = digestOf(plan.candidate);
    for (const one of await ofService(state)) {
      if (one.payload.rollout === plan.rollout || one.payload.rollout === "") continue;
      const isGone = plan.kind === "back" ? one.payload.candidate === gone : doing.outcome === "completed";
      if (isGone && (await stateOf(one.id)) === "success")
        await say(one.id, { state: "inactive", description: short(`Replaced by ${plan.rollout}`) });
    }
  }

  async function stateOf(id: number): Promise<string | undefined> {
    const route = "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses";
    const { data } = await client.request(route, { ...place, deployment_id: id, per_page: 1 });
    return z.array(status).parse(data)[0]?.state;
  }

  return {
    async show(state) {
      try {
        const id = await idOf(state);
        if (id !== undefined) await say(id, shown(statusOf(state, null, now())));
        await retire(state);
        isAway = false;
      } catch (error) {
        const said = githubError(error, `the deployment of ${repository} (deployments: write)`).message;
        if (!isAway) warn(`The rollout goes on, and GitHub's page of deployments does not show it: ${said}`);
        isAway = true;
      }
    },
  };
}

function shown(status: RolloutStatus): Status {
  const { doing, kind, turned, stop, step, steps, effect } = status;
  if (doing === "completed") return { state: "success", description: "Promoted." };
  if (doing === "rolled-back" || doing === "overruled") {
    const isMeant = kind === "back";
    const why = isMeant ? "Back at the stable version." : `Rolled back: ${turned?.sentence ?? ""}`;
    return { state: isMeant ? "success" : "failure", description: short(why) };
  }
  const at = step === null ? undefined : steps[step - 1];
  const where = at === undefined ? "" : `Step ${step} of ${steps.length}, ${shareWords(at.share, at.by)}: `;
  const what = stop === null && effect !== null ? effectWords(effect) : standingWords(status);
  const why = stop === null ? "" : `: ${stop.sentence}`;
  return { state: "in_progress", description: short(`${where}${what}${why}`) };
}

function short(text: string): string {
  return plain(text, longestDescription);
}
