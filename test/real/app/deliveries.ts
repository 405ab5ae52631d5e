import { randomUUID } from "node:crypto";
import * as z from "zod";
import { addToken } from "../../../emulated/github/build-state.ts";
import { send } from "../../../emulated/github/events/send.ts";
import type { Comment, Repository } from "../../../emulated/github/index.ts";
import { place, secret, slug, type TestGitHub } from "../../app/app.ts";

/** Everything that a repository's life sends to the App, one kind after another, as GitHub would send it. */
export type Waiting = { id: string; event: string; payload: Record<string, unknown> };

export type Happened = {
  /** What was typed, by the comment's id. */
  commands: Map<number, { command: string; comment: Comment }>;
  /** Runs that waited at a gate. */
  runs: number[];
  /** Deployment statuses that say how a deployment ended. */
  statuses: number[];
  /** Heads whose Approve button was pressed. */
  pressed: Set<string>;
};

const typed = ["/approve-risk seen it", "/hold wait for me", "/unhold", "/revoke-approval"] as const;
const kinds = [
  "pull_request",
  "issue_comment",
  "issue_comment",
  "pull_request_review",
  "deployment_protection_rule",
  "check_run",
  "deployment_status",
  "workflow_run",
] as const;

export function happenings(world: TestGitHub, next: () => number) {
  const { github } = world;
  const repository: Repository = github.repository(place);
  const numbers = Object.values(world.sample.pulls).map(({ number }) => number);
  for (const login of ["maria", "ben", "chidi"]) addToken(github.world, `${login}-token`, { user: login });
  const happened: Happened = { commands: new Map(), runs: [], statuses: [], pressed: new Set() };
  const anyOf = <Item>(items: readonly Item[]): Item => {
    const found = items[Math.floor(next() * items.length)];
    if (found === undefined) throw new Error("There is nothing to choose from.");
    return found;
  };
  const pullOf = (number: number) => {
    const pull = repository.pulls.get(number);
    if (!pull) throw new Error(`There is no pull request ${number}.`);
    return pull;
  };
  const as = (login: string) => github.events(place).as({ login, app: slug });
  /** Gives the number of what was made. */
  const ask = async (login: string, path: string, body: unknown): Promise<number> => {
    const response = await fetch(`${github.url}/repos/${place}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${login}-token`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return z.object({ id: z.int() }).parse(await response.json()).id;
  };
  const made = <Item>(item: Item | undefined): Item => {
    if (item === undefined) throw new Error("It was not made.");
    return item;
  };
  const deploymentOf = async () => {
    const sha = await github.repository(place).git.info(`refs/heads/${repository.defaultBranch}`);
    const about = {
      ref: sha?.oid ?? "",
      environment: "production",
      auto_merge: false,
      required_contexts: [],
    };
    return made(repository.deployments.get(await ask("ben", "/deployments", about)));
  };

  const make: Record<(typeof kinds)[number], () => Promise<Waiting["payload"]>> = {
    pull_request: async () => as("ben").pullRequest(pullOf(anyOf(numbers)), "synchronize"),
    issue_comment: async () => {
      const command = anyOf(typed);
      const id = await ask("maria", `/issues/${anyOf(numbers)}/comments`, { body: command });
      const comment = made(repository.comments.get(id));
      happened.commands.set(comment.id, { command, comment });
      return as("maria").issueComment(comment);
    },
    pull_request_review: async () => {
      const id = await ask("chidi", `/pulls/${anyOf(numbers)}/reviews`, { event: "APPROVE", body: "Fine" });
      return as("chidi").review(made(repository.reviews.find((one) => one.id === id)));
    },
    deployment_protection_rule: async () => {
      const deployment = await deploymentOf();
      const { id: run } = github.addRun(place, { headSha: deployment.sha, actor: "ben" });
      happened.runs.push(run);
      return as("ben").protectionRule({ run, environment: "production", deployment });
    },
    check_run: async () => {
      const ours = [...repository.checkRuns.values()].filter((one) => one.name === "adaptive-deploy/risk");
      const check = anyOf(ours);
      const button = anyOf(["approve", "rescore"]);
      if (button === "approve") happened.pressed.add(check.headSha);
      return as("maria").checkRun(check, "requested_action", button);
    },
    deployment_status: async () => {
      const { id, sha, environment } = await deploymentOf();
      const status = github.world.nextId();
      happened.statuses.push(status);
      const created = {
        id: status,
        state: "success",
        created_at: github.world.now(),
        creator: { login: "ben" },
      };
      return {
        ...common(await as("ben").pullRequest(pullOf(anyOf(numbers)))),
        action: "created",
        deployment: { id, sha, environment },
        deployment_status: created,
      };
    },
    workflow_run: async () => {
      const event = await as("ben").pullRequest(pullOf(anyOf(numbers)));
      const run = { head_sha: "a".repeat(40), pull_requests: [{ number: event.number }] };
      return { ...common(event), action: "completed", workflow_run: run };
    },
  };

  return {
    happened,
    async next(event: (typeof kinds)[number] = anyOf(kinds)): Promise<Waiting> {
      return { id: randomUUID(), event, payload: await make[event]() };
    },
    async opened(number: number): Promise<Waiting> {
      const payload = await as("ben").pullRequest(pullOf(number), "opened");
      return { id: randomUUID(), event: "pull_request", payload };
    },
    /** True where the App took it. */
    async send({ id, event, payload }: Waiting, url: string): Promise<boolean> {
      const app = github.world.apps.get(slug) ?? null;
      const target = { url: `${url}/webhooks`, secret };
      const sent = await send(github.world, { app, target, event, payload, guid: id });
      return sent.statusCode === 202;
    },
  };
}
export type Happenings = ReturnType<typeof happenings>;

/** What every payload of the repository carries. */
function common({ repository, organization, installation, sender }: Waiting["payload"]) {
  return { repository, organization, installation, sender };
}
