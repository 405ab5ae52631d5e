import { readCommit } from "./git/commit.ts";
import { openGit } from "./git/git.ts";
import { fetchHead } from "./git/pull-refs.ts";
import type {
  AppOptions,
  GitHubOptions,
  Permissions,
  PullOptions,
  RepositoryOptions,
  UserOptions,
} from "./options.ts";
import { githubLimits } from "./options.ts";
import {
  type App,
  type Pull,
  type Repository,
  repositoryKey,
  type Token,
  type User,
  type WorkflowRun,
  type World,
} from "./state.ts";

export function addUser(world: World, options: UserOptions): User {
  const key = options.login.toLowerCase();
  const known = world.users.get(key);
  if (known) return known;
  const user: User = {
    id: world.nextId(),
    login: options.login,
    type: options.type ?? (options.login.endsWith("[bot]") ? "Bot" : "User"),
    name: options.name ?? options.login,
    email: options.email ?? `${options.login}@users.example.com`,
  };
  world.users.set(key, user);
  return user;
}

export function addApp(world: World, options: AppOptions): App {
  const known = world.apps.get(options.slug);
  if (known) return known;
  const app: App = {
    id: options.id ?? world.nextId(),
    slug: options.slug,
    owner: addUser(world, { login: options.owner ?? "github", type: "Organization" }),
    bot: addUser(world, { login: `${options.slug}[bot]`, type: "Bot" }),
    permissions: options.permissions ?? {},
    events: options.events ?? [],
    ...(options.publicKey ? { publicKey: options.publicKey } : {}),
    ...(options.webhook ? { webhook: options.webhook } : {}),
    ...(options.oauth ? { oauth: options.oauth } : {}),
    installations: [],
    createdAt: world.now(),
  };
  world.apps.set(app.slug, app);
  return app;
}

function addRepository(world: World, options: RepositoryOptions): Repository {
  const fullName = `${options.owner}/${options.name}`;
  const collaborators = Object.entries(options.collaborators ?? {});
  for (const [login] of collaborators) addUser(world, { login });
  const repository: Repository = {
    id: world.nextId(),
    owner: addUser(world, { login: options.owner, type: "Organization" }),
    name: options.name,
    fullName,
    private: options.private ?? false,
    defaultBranch: options.defaultBranch ?? "main",
    forkOf: options.forkOf ?? null,
    git: openGit(options.folder, options.defaultBranch),
    // It was there before the server: what it holds was not pushed in the second in which somebody first speaks.
    createdAt: earlier(world.now()),
    collaborators: new Map(collaborators.map(([login, role]) => [login.toLowerCase(), role])),
    pulls: new Map(),
    issues: new Map(),
    comments: new Map(),
    reviews: [],
    checkRuns: new Map(),
    suites: new Map(),
    statuses: [],
    deployments: new Map(),
    environments: new Map(),
    runs: new Map(),
    activities: [],
    nextNumber: 1,
  };
  for (const name of options.environments ?? [])
    repository.environments.set(name, { id: world.nextId(), name, createdAt: world.now() });
  world.repositories.set(repositoryKey(fullName), repository);
  return repository;
}

function earlier(at: string): string {
  return `${new Date(Date.parse(at) - 60_000).toISOString().slice(0, 19)}Z`;
}

export async function addPull(world: World, repository: Repository, options: PullOptions): Promise<Pull> {
  const number = options.number ?? repository.nextNumber;
  const headRepository = world.repositories.get(repositoryKey(options.headRepository ?? repository.fullName));
  if (!headRepository) throw new Error(`The emulator holds no repository ${options.headRepository}.`);
  const at = world.now();
  const pull: Pull = {
    id: world.nextId(),
    number,
    title: options.title,
    body: options.body ?? null,
    user: addUser(world, { login: options.author }),
    draft: options.draft ?? false,
    state: "open",
    headRef: options.head,
    headRepository,
    baseRef: options.base ?? repository.defaultBranch,
    labels: options.labels ?? [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    reactions: [],
    baseChanges: [],
    frozen: null,
    merged: null,
  };
  repository.pulls.set(number, pull);
  repository.nextNumber = Math.max(repository.nextNumber, number + 1);
  if (options.merged) await mergeLongAgo(world, repository, pull, options.merged);
  else await fetchHead(repository, pull);
  return pull;
}

/** What a merge commit brought in is its second parent; a squash stands for the head that it was made of. */
async function mergeLongAgo(
  world: World,
  repository: Repository,
  pull: Pull,
  merged: NonNullable<PullOptions["merged"]>,
): Promise<void> {
  const commit = await readCommit(repository.git, merged.commit);
  if (!commit) throw new Error(`${repository.fullName} has no commit ${merged.commit}.`);
  const [base = commit.oid, head = commit.oid] = commit.parents;
  const by = merged.by === undefined ? pull.user : addUser(world, { login: merged.by });
  Object.assign(pull, { state: "closed", createdAt: merged.at, updatedAt: merged.at, closedAt: merged.at });
  pull.frozen = { head, base };
  pull.merged = { at: merged.at, by, commit: commit.oid };
}

export function addToken(
  world: World,
  token: string,
  options: NonNullable<GitHubOptions["tokens"]>[string],
): void {
  const made: Token =
    "user" in options
      ? { kind: "user", user: addUser(world, { login: options.user }) }
      : installationToken(
          addApp(world, { slug: options.app }),
          options.permissions,
          options.repositories ?? "all",
        );
  world.tokens.set(token, made);
}

export function installationToken(app: App, permissions: Permissions, repositories: string[] | "all"): Token {
  return { kind: "installation", app, user: app.bot, permissions, repositories };
}

function teamsOf(teams: NonNullable<GitHubOptions["teams"]>): World["teams"] {
  return new Map(
    Object.entries(teams).map(([team, logins]) => [
      team.toLowerCase(),
      new Map(logins.map((login) => [login.toLowerCase(), "active" as const])),
    ]),
  );
}

export async function buildWorld(options: GitHubOptions): Promise<World> {
  let lastId = 1000;
  const clock = options.clock ?? (() => new Date());
  const world: World = {
    url: "",
    limits: { ...githubLimits, ...options.limits },
    now: () =>
      clock()
        .toISOString()
        .replace(/\.\d{3}Z$/, "Z"),
    nextId: () => ++lastId,
    users: new Map(),
    apps: new Map(),
    tokens: new Map(),
    repositories: new Map(),
    deliveries: [],
    manifests: new Map(),
    teams: teamsOf(options.teams ?? {}),
    folders: [],
  };
  for (const user of options.users ?? []) addUser(world, user);
  addApp(world, { slug: "github-actions", id: 15368 });
  for (const app of options.apps ?? []) addApp(world, app);
  for (const repository of options.repositories) addRepository(world, repository);
  for (const app of world.apps.values()) {
    for (const owner of new Set([...world.repositories.values()].map((one) => one.owner)))
      app.installations.push({ id: world.nextId(), app, account: owner, repositories: "all" });
  }
  for (const [token, about] of Object.entries(options.tokens ?? {})) addToken(world, token, about);
  for (const about of options.repositories) {
    const repository = world.repositories.get(repositoryKey(`${about.owner}/${about.name}`));
    for (const pull of about.pulls ?? []) if (repository) await addPull(world, repository, pull);
  }
  return world;
}

export type RunOptions = {
  headSha: string;
  event?: string;
  headBranch?: string;
  actor?: string;
  status?: string;
  path?: string;
  inputs?: Record<string, unknown>;
};

export function addRun(world: World, repository: Repository, options: RunOptions): WorkflowRun {
  const run: WorkflowRun = {
    id: world.nextId(),
    name: "deploy",
    path: options.path ?? ".github/workflows/deploy.yml",
    event: options.event ?? "push",
    headSha: options.headSha,
    headBranch: options.headBranch ?? repository.defaultBranch,
    status: options.status ?? "in_progress",
    conclusion: null,
    actor: addUser(world, { login: options.actor ?? repository.owner.login }),
    createdAt: world.now(),
    inputs: options.inputs ?? {},
    approvals: [],
    protectionAnswers: [],
  };
  repository.runs.set(run.id, run);
  return run;
}
