/** What a test or the demo says to `startGitHub`. */

export const levels = ["read", "write", "admin"] as const;
export type Level = (typeof levels)[number];

/** Grants of an App token by GitHub's own permission names, for example `{ contents: "write" }`. */
export type Permissions = Record<string, Level>;

export const roles = ["read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

export type UserOptions = {
  login: string;
  type?: "User" | "Bot" | "Organization";
  name?: string;
  email?: string;
};

export type PullOptions = {
  title: string;
  body?: string | null;
  author: string;
  head: string;
  base?: string;
  draft?: boolean;
  labels?: string[];
  /** "owner/name" of the fork that holds the head branch; absent where it is the repository itself. */
  headRepository?: string;
  number?: number;
  /** A pull request of the past: the commit on the base branch that it became. Its head is then not looked for. */
  merged?: { commit: string; at: string; by?: string };
};

export type RepositoryOptions = {
  owner: string;
  name: string;
  /** A real git repository on disk, bare or not; commits pushed to it show at once. */
  folder: string;
  defaultBranch?: string;
  private?: boolean;
  /** "owner/name" of the repository that this one is a fork of. */
  forkOf?: string;
  collaborators?: Record<string, Role>;
  environments?: string[];
  pulls?: PullOptions[];
};

export type TokenOptions =
  /** A person's token: may do what the person's role allows. */
  | { user: string }
  /** An installation token, GITHUB_TOKEN included (`app: "github-actions"`). No list of repositories means all. */
  | { app: string; permissions: Permissions; repositories?: string[] };

export type AppOptions = {
  slug: string;
  id?: number;
  owner?: string;
  permissions?: Permissions;
  events?: string[];
  /** PEM public key that App tokens (JWT) are checked with; without it no JWT is accepted. */
  publicKey?: string;
  webhook?: { url: string; secret: string };
  /** For people who sign in (oauth.ts); without it nobody can. */
  oauth?: { clientSecret: string; callbackUrls: string[] };
};

/** Where GitHub stops giving more; smaller numbers make caps testable with small repositories. */
export type Limits = {
  pullFiles: number;
  compareFiles: number;
  /** A file with more changed lines than this comes without its patch. */
  patchLines: number;
  blobTextBytes: number;
  contentBytes: number;
  treeEntries: number;
  requestsPerHour: number;
};

export const githubLimits: Limits = {
  pullFiles: 3000,
  compareFiles: 300,
  patchLines: 3000,
  blobTextBytes: 512_000,
  contentBytes: 1_048_576,
  treeEntries: 100_000,
  requestsPerHour: 5000,
};

export type GitHubOptions = {
  repositories: RepositoryOptions[];
  users?: UserOptions[];
  tokens?: Record<string, TokenOptions>;
  apps?: AppOptions[];
  /** Logins of the members of "organisation/team". */
  teams?: Record<string, string[]>;
  port?: number;
  /** Every answer takes at least this long, so that requests sent together overlap (see round-trips.ts). */
  latencyMs?: number;
  limits?: Partial<Limits>;
  clock?: () => Date;
};
