import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Repository, World } from "../state.ts";
import type { Payload } from "./payloads.ts";

/** What a runner gives to an Action: the event as a file, files to write to, and GitHub's variables. */

export type RunnerFiles = {
  folder: string;
  /** Files that an Action writes: read them after it ran. */
  summary: string;
  output: string;
  state: string;
  environment: string;
  path: string;
};
export type Runner = { env: Record<string, string>; files: RunnerFiles; eventPath: string };

type Ends = { sha: string; ref: string; headRef?: string; baseRef?: string };

const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The commit and ref that a workflow of this event runs on: for a pull request the test merge, not the head. */
async function endsOf(repository: Repository, name: string, payload: Payload): Promise<Ends> {
  const branch = `refs/heads/${repository.defaultBranch}`;
  const tip = (await repository.git.info(branch))?.oid ?? "";
  if (name === "pull_request") {
    const merge = text(at(payload, "pull_request", "merge_commit_sha"));
    return {
      sha: merge || text(at(payload, "pull_request", "head", "sha")),
      ref: `refs/pull/${String(payload.number)}/merge`,
      headRef: text(at(payload, "pull_request", "head", "ref")),
      baseRef: text(at(payload, "pull_request", "base", "ref")),
    };
  }
  if (name === "pull_request_target") {
    const baseRef = text(at(payload, "pull_request", "base", "ref"));
    const sha = (await repository.git.info(`refs/heads/${baseRef}`))?.oid ?? tip;
    return {
      sha,
      ref: `refs/heads/${baseRef}`,
      headRef: text(at(payload, "pull_request", "head", "ref")),
      baseRef,
    };
  }
  if (name === "push") return { sha: text(payload.after), ref: text(payload.ref) };
  if (name === "merge_group")
    return {
      sha: text(at(payload, "merge_group", "head_sha")),
      ref: text(at(payload, "merge_group", "head_ref")),
    };
  if (name === "deployment")
    return { sha: text(at(payload, "deployment", "sha")), ref: text(at(payload, "deployment", "ref")) };
  if (name === "workflow_dispatch") {
    const ref = text(payload.ref) || branch;
    return { sha: (await repository.git.info(ref))?.oid ?? tip, ref };
  }
  return { sha: tip, ref: branch };
}

function fullRef(ref: string): string {
  return ref === "" || ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
}

async function ownFolder(world: World): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "emulated-runner-"));
  world.folders.push(folder);
  return folder;
}

export async function writeEventFile(
  world: World,
  repository: Repository,
  name: string,
  payload: Payload,
  more: { folder?: string; runId?: number; workspace?: string; token?: string } = {},
): Promise<Runner> {
  const folder = more.folder ?? (await ownFolder(world));
  const files: RunnerFiles = {
    folder,
    summary: join(folder, "summary.md"),
    output: join(folder, "output.txt"),
    state: join(folder, "state.txt"),
    environment: join(folder, "environment.txt"),
    path: join(folder, "path.txt"),
  };
  const { folder: _, ...empty } = files;
  await Promise.all(Object.values(empty).map((path) => writeFile(path, "")));
  const eventPath = join(folder, "event.json");
  await writeFile(eventPath, JSON.stringify(payload));
  const ends = await endsOf(repository, name, payload);
  const ref = fullRef(ends.ref);
  const actor = text(at(payload, "sender", "login"));
  const env: Record<string, string> = {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: world.url,
    GITHUB_GRAPHQL_URL: `${world.url}/graphql`,
    GITHUB_SERVER_URL: world.url,
    GITHUB_REPOSITORY: repository.fullName,
    GITHUB_REPOSITORY_ID: String(repository.id),
    GITHUB_REPOSITORY_OWNER: repository.owner.login,
    GITHUB_REPOSITORY_OWNER_ID: String(repository.owner.id),
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_SHA: ends.sha,
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    GITHUB_REF_TYPE: ref.startsWith("refs/tags/") ? "tag" : "branch",
    GITHUB_HEAD_REF: ends.headRef ?? "",
    GITHUB_BASE_REF: ends.baseRef ?? "",
    GITHUB_ACTOR: actor,
    GITHUB_TRIGGERING_ACTOR: actor,
    GITHUB_RUN_ID: String(more.runId ?? world.nextId()),
    GITHUB_RUN_NUMBER: "1",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_JOB: "decide",
    GITHUB_ACTION: "__self",
    GITHUB_WORKFLOW: "deploy",
    GITHUB_WORKFLOW_REF: `${repository.fullName}/.github/workflows/deploy.yml@${ref}`,
    GITHUB_WORKSPACE: more.workspace ?? folder,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_OUTPUT: files.output,
    GITHUB_STATE: files.state,
    GITHUB_ENV: files.environment,
    GITHUB_PATH: files.path,
    RUNNER_TEMP: folder,
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    ...(more.token === undefined ? {} : { GITHUB_TOKEN: more.token }),
  };
  return { env, files, eventPath };
}
