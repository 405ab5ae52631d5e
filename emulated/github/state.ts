import type { Git } from "./git/git.ts";
import type { AppOptions, Limits, Permissions, Role } from "./options.ts";

/** Plain state: everything that GitHub keeps beside git. Tests may read it, and write it where no API does. */

export type User = {
  id: number;
  login: string;
  type: "User" | "Bot" | "Organization";
  name: string;
  email: string;
};

export type App = {
  id: number;
  slug: string;
  owner: User;
  bot: User;
  permissions: Permissions;
  events: string[];
  publicKey?: string;
  webhook?: { url: string; secret: string };
  oauth?: { clientSecret: string; callbackUrls: string[] };
  installations: Installation[];
  createdAt: string;
};
export type Installation = { id: number; app: App; account: User; repositories: string[] | "all" };

export type Token =
  | { kind: "user"; user: User }
  | { kind: "installation"; app: App; user: User; permissions: Permissions; repositories: string[] | "all" }
  | { kind: "app"; app: App };

export type Comment = {
  id: number;
  number: number;
  body: string;
  user: User;
  app: App | null;
  createdAt: string;
  updatedAt: string;
  /** Times have whole seconds: a comment that was edited in its first one is edited all the same. */
  editedAt: string | null;
  reactions: Reaction[];
};
export type Reaction = { id: number; user: User; content: string; createdAt: string };

export type Pull = {
  id: number;
  number: number;
  title: string;
  body: string | null;
  user: User;
  draft: boolean;
  state: "open" | "closed";
  headRef: string;
  /** Null where the fork is gone. */
  headRepository: Repository | null;
  baseRef: string;
  labels: string[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  reactions: Reaction[];
  /** When it went into another base. */
  baseChanges: string[];
  /** Set when the pull request is closed, from when on pushes to its branches no longer move it. */
  frozen: { head: string; base: string } | null;
  merged: { at: string; by: User; commit: string } | null;
};

/** One that is no pull request; the two share their numbers. */
export type Issue = {
  id: number;
  number: number;
  title: string;
  body: string | null;
  user: User;
  app: App | null;
  labels: string[];
  state: "open" | "closed";
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
};

export type Review = {
  id: number;
  number: number;
  user: User;
  body: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  commit: string;
  submittedAt: string;
};

export type CheckRun = {
  id: number;
  suite: number;
  name: string;
  headSha: string;
  app: App;
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Record<string, unknown>[];
  actions: { label: string; description: string; identifier: string }[];
};

export type CommitStatus = {
  id: number;
  sha: string;
  state: string;
  description: string | null;
  targetUrl: string | null;
  context: string;
  creator: User;
  createdAt: string;
};

export type Deployment = {
  id: number;
  sha: string;
  ref: string;
  task: string;
  payload: unknown;
  environment: string;
  description: string | null;
  creator: User;
  app: App | null;
  transient: boolean;
  production: boolean;
  createdAt: string;
  updatedAt: string;
  statuses: DeploymentStatus[];
};
export type DeploymentStatus = {
  id: number;
  state: string;
  description: string;
  environment: string;
  logUrl: string;
  environmentUrl: string;
  creator: User;
  app: App | null;
  createdAt: string;
};

export type Environment = { id: number; name: string; createdAt: string };

/** A run waiting on gates, what the gates answered, and who approved which environment. */
export type WorkflowRun = {
  id: number;
  name: string;
  path: string;
  event: string;
  headSha: string;
  headBranch: string;
  status: string;
  conclusion: string | null;
  actor: User;
  createdAt: string;
  /** What a dispatch gave to it. */
  inputs: Record<string, unknown>;
  approvals: { state: "approved" | "rejected"; comment: string; environments: string[]; user: User }[];
  protectionAnswers: {
    environment: string;
    state: "approved" | "rejected" | null;
    comment: string;
    app: App | null;
  }[];
};

export type Delivery = {
  id: number;
  guid: string;
  event: string;
  action: string | null;
  payload: unknown;
  url: string;
  deliveredAt: string;
  redelivery: boolean;
  durationSeconds: number;
  statusCode: number;
  requestHeaders: Record<string, string>;
  responseBody: string;
  app: App | null;
};

/** A push, as the repository's list of activity tells it; git itself does not know when it was pushed to. */
export type Activity = {
  id: number;
  ref: string;
  before: string;
  after: string;
  at: string;
  actor: User;
};

export type Repository = {
  id: number;
  owner: User;
  name: string;
  fullName: string;
  private: boolean;
  defaultBranch: string;
  forkOf: string | null;
  git: Git;
  createdAt: string;
  collaborators: Map<string, Role>;
  pulls: Map<number, Pull>;
  issues: Map<number, Issue>;
  comments: Map<number, Comment>;
  reviews: Review[];
  checkRuns: Map<number, CheckRun>;
  /** Check suites by commit and App: their number. */
  suites: Map<string, number>;
  statuses: CommitStatus[];
  deployments: Map<number, Deployment>;
  environments: Map<string, Environment>;
  runs: Map<number, WorkflowRun>;
  activities: Activity[];
  nextNumber: number;
};

export type World = {
  /** Without a slash at the end; set once the server listens. */
  url: string;
  limits: Limits;
  now(): string;
  nextId(): number;
  users: Map<string, User>;
  apps: Map<string, App>;
  tokens: Map<string, Token>;
  repositories: Map<string, Repository>;
  deliveries: Delivery[];
  /** Apps that were asked for with a manifest, by the code that GitHub gave for each. */
  manifests: Map<string, AppOptions>;
  /** Members of "organisation/team", all in lower case; someone who was invited is pending. */
  teams: Map<string, Map<string, "active" | "pending">>;
  /** Folders made for runners, removed when the emulator is closed. */
  folders: string[];
};

export const repositoryKey = (fullName: string): string => fullName.toLowerCase();
