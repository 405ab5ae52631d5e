import { readFile, stat } from "node:fs/promises";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Subject } from "./subject.ts";
import { whenNeeded } from "./when-needed.ts";

const largestEventBytes = 64 * 1024 * 1024;

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const repository = z.object({
  full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  default_branch: z.string().optional(),
});
const user = z.object({ login: z.string(), type: z.string().optional() }).nullish();

const pullRequestEvent = whenNeeded(() =>
  z.object({
    repository,
    sender: user,
    pull_request: z.object({
      number: z.int().positive(),
      title: z.string().nullish(),
      body: z.string().nullish(),
      user,
      changed_files: z.int().nonnegative().optional(),
      comments: z.int().nonnegative().optional(),
      base: z.object({ ref: z.string(), sha, repo: z.object({ full_name: z.string() }).nullish() }),
      head: z.object({ sha, repo: z.object({ full_name: z.string() }).nullish() }),
    }),
  }),
);
const pushEvent = whenNeeded(() =>
  z.object({
    repository,
    ref: z.string(),
    before: z.string(),
    after: z.string(),
    sender: user,
    head_commit: z.object({ message: z.string() }).nullish(),
  }),
);
const mergeGroupEvent = whenNeeded(() =>
  z.object({
    repository,
    sender: user,
    merge_group: z.object({
      base_sha: sha,
      head_sha: sha,
      base_ref: z.string(),
      head_ref: z.string().optional(),
    }),
  }),
);
const dispatchEvent = whenNeeded(() => z.object({ repository, sender: user, ref: z.string().nullish() }));
const deploymentEvent = whenNeeded(() =>
  z.object({
    repository,
    sender: user,
    deployment: z.object({ sha, environment: z.string(), ref: z.string() }),
  }),
);

export const eventNames = ["pull_request", "push", "merge_group", "workflow_dispatch", "deployment"] as const;

/** What the runner says of the run, from its environment. */
export type RunnerEnvironment = Record<string, string | undefined>;

export async function subjectOfRun(environment: RunnerEnvironment): Promise<Subject> {
  const name = environment.GITHUB_EVENT_NAME ?? "";
  const path = environment.GITHUB_EVENT_PATH;
  if (!path) {
    throw new UserError(
      "no-event",
      "GITHUB_EVENT_PATH is not set, so this is not a step of a workflow. In a terminal, run: npx adaptive-deploy decide.",
      exitCodes.usage,
    );
  }
  return subjectOfEvent(name, await readEvent(path), environment);
}

async function readEvent(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > largestEventBytes) {
      throw new UserError(
        "event-too-large",
        `The event file ${path} has ${size} bytes; at most ${largestEventBytes} are read.`,
      );
    }
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      "bad-event",
      `The event file ${path} cannot be read as JSON. GITHUB_EVENT_PATH must name the event of this run.`,
    );
  }
}

/** The subject of an event, as a workflow run or a webhook delivers it. */
export function subjectOfEvent(name: string, payload: unknown, environment: RunnerEnvironment = {}): Subject {
  switch (name) {
    case "pull_request":
    case "pull_request_target":
      return ofPullRequest(parsed(name, pullRequestEvent(), payload));
    case "push":
      return ofPush(parsed(name, pushEvent(), payload));
    case "merge_group":
      return ofMergeGroup(parsed(name, mergeGroupEvent(), payload));
    case "workflow_dispatch":
      return ofDispatch(parsed(name, dispatchEvent(), payload), environment);
    case "deployment":
      return ofDeployment(parsed(name, deploymentEvent(), payload));
    default:
      throw new UserError(
        "unknown-event",
        `decide does not know the event "${name}". It answers to: ${eventNames.join(", ")}. Change "on:" of the workflow.`,
        exitCodes.usage,
      );
  }
}

function parsed<Schema extends z.ZodType>(name: string, schema: Schema, payload: unknown): z.infer<Schema> {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(
    "bad-event",
    `The ${name} event is not as GitHub sends it: ${issue?.path.join(".") || "the payload"}: ${issue?.message ?? "unreadable"}.`,
  );
}

function split(fullName: string): { owner: string; name: string } {
  const slash = fullName.indexOf("/");
  return { owner: fullName.slice(0, slash), name: fullName.slice(slash + 1) };
}

/** A tag keeps its "tags/": anyone who may push can name one like a branch. */
function branchNamed(ref: string): string {
  return ref.replace(/^refs\//, "").replace(/^heads\//, "");
}

function isBot(account: z.infer<typeof user>): boolean {
  return account?.type === "Bot" || (account?.login.endsWith("[bot]") ?? false);
}

function ofPullRequest(event: z.infer<ReturnType<typeof pullRequestEvent>>): Subject {
  const pull = event.pull_request;
  const fromFork = pull.head.repo?.full_name !== event.repository.full_name;
  const reverts = /^Reverts (?:[\w.-]+\/[\w.-]+)?#(\d{1,10})\b/m.exec(
    (pull.body ?? "").slice(0, 10_000),
  )?.[1];
  return {
    kind: "change",
    ...split(event.repository.full_name),
    base: pull.base.sha,
    head: pull.head.sha,
    baseBranch: pull.base.ref,
    defaultBranch: event.repository.default_branch,
    title: pull.title ?? "",
    author: pull.user?.login,
    authorIsBot: isBot(pull.user),
    readOnly: fromFork || event.sender?.login === "dependabot[bot]",
    fromFork,
    trustedRun: false,
    pullRequest: {
      number: pull.number,
      changedFiles: pull.changed_files,
      comments: pull.comments,
      ...(reverts ? { reverts: Number(reverts) } : {}),
    },
  };
}

function ofPush(event: z.infer<ReturnType<typeof pushEvent>>): Subject {
  const branch = branchNamed(event.ref);
  if (!sha.safeParse(event.after).success || /^0+$/.test(event.after)) {
    throw new UserError(
      "branch-deleted",
      `The push deleted ${branch}: there is no change to decide on.`,
      exitCodes.usage,
    );
  }
  const onDefault = event.ref === `refs/heads/${event.repository.default_branch}`;
  return {
    kind: "release",
    ...split(event.repository.full_name),
    ...(/^0+$/.test(event.before) ? {} : { base: event.before }),
    head: event.after,
    baseBranch: branch,
    defaultBranch: event.repository.default_branch,
    title: event.head_commit?.message.split("\n", 1)[0] ?? "",
    author: event.sender?.login,
    authorIsBot: isBot(event.sender),
    readOnly: event.sender?.login === "dependabot[bot]",
    fromFork: false,
    trustedRun: onDefault,
  };
}

function ofMergeGroup(event: z.infer<ReturnType<typeof mergeGroupEvent>>): Subject {
  const group = event.merge_group;
  const last = lastQueuedOf(group.head_ref ?? "");
  return {
    kind: "group",
    ...(last === undefined ? {} : { lastQueued: last }),
    ...split(event.repository.full_name),
    base: group.base_sha,
    head: group.head_sha,
    baseBranch: group.base_ref.replace(/^refs\/heads\//, ""),
    defaultBranch: event.repository.default_branch,
    title: "",
    author: event.sender?.login,
    authorIsBot: false,
    readOnly: false,
    fromFork: false,
    trustedRun: false,
  };
}

/** A queue's branch is gh-readonly-queue/<base>/pr-<number>-<commit>. */
const queueBranch = /(?:^|\/)gh-readonly-queue\/(.+)\/pr-(\d{1,10})-[^/]*$/;

export function lastQueuedOf(ref: string): number | undefined {
  const number = queueBranch.exec(ref)?.[2];
  return number === undefined ? undefined : Number(number);
}

export function queueBaseOf(ref: string): string | undefined {
  return queueBranch.exec(ref)?.[1];
}

function ofDispatch(
  event: z.infer<ReturnType<typeof dispatchEvent>>,
  environment: RunnerEnvironment,
): Subject {
  const head = environment.GITHUB_SHA ?? "";
  if (!sha.safeParse(head).success) {
    throw new UserError(
      "no-commit",
      "GITHUB_SHA does not name a commit, so there is nothing to decide on.",
      exitCodes.usage,
    );
  }
  const ref = event.ref ?? environment.GITHUB_REF ?? "";
  return {
    kind: "release",
    ...split(event.repository.full_name),
    head,
    baseBranch: branchNamed(ref),
    defaultBranch: event.repository.default_branch,
    title: "",
    author: event.sender?.login,
    authorIsBot: isBot(event.sender),
    readOnly: false,
    fromFork: false,
    trustedRun: ref === `refs/heads/${event.repository.default_branch}`,
  };
}

function ofDeployment(event: z.infer<ReturnType<typeof deploymentEvent>>): Subject {
  return {
    kind: "release",
    ...split(event.repository.full_name),
    head: event.deployment.sha,
    baseBranch: event.deployment.ref,
    defaultBranch: event.repository.default_branch,
    title: "",
    author: event.sender?.login,
    authorIsBot: isBot(event.sender),
    readOnly: false,
    fromFork: false,
    trustedRun: false,
    environment: event.deployment.environment,
  };
}

/** True where this run's workflow comes from the default branch; a run whose event cannot be read is not trusted. */
export async function runnerSaysTrusted(environment: RunnerEnvironment): Promise<boolean> {
  try {
    return (await subjectOfRun(environment)).trustedRun;
  } catch {
    return false;
  }
}
