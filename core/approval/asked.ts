import type { DecisionBody } from "../decision/shape.ts";
import { durationSeconds } from "../policy/duration.ts";
import type { PolicyBundle } from "../policy/schema.ts";
import { thresholdsFor } from "../policy/scope.ts";

/** Roles of GitHub that may write; a custom role counts as the one that it inherits from. */
export const writingRoles = ["write", "maintain", "admin"] as const;
export type WritingRole = (typeof writingRoles)[number];

/** Whom one service accepts as an approver in one environment. Logins and teams in lower case, teams as "org/team". */
export type Asked = {
  service: string;
  /** Empty where policy names people, teams or code owners and no permission: then nobody else counts. */
  roles: readonly WritingRole[];
  users: readonly string[];
  teams: readonly string[];
  /** How many different people. */
  count: number;
  /** For how long an approval holds, in seconds; absent: for as long as its commit. */
  expiresAfter?: number;
};

export const anyWriter: Asked = {
  service: "repository",
  roles: writingRoles,
  users: [],
  teams: [],
  count: 1,
};

/** A change that touches several services needs an approver whom each of them accepts. */
export function askedOf(
  body: Pick<DecisionBody, "services" | "environment" | "subject">,
  policy: PolicyBundle,
  owners: readonly string[],
): Asked[] {
  const touched = body.services.filter((service) => service.needs_approval).map((service) => service.name);
  const [organisation = "", whole = "repository"] = body.subject.repository?.split("/") ?? [];
  return (touched.length ? touched : [whole]).map((service) =>
    askedFor({ service, environment: body.environment, organisation }, policy, owners),
  );
}

/** Whom one service accepts, whatever it is that is to be allowed. */
export function askedFor(
  { service, environment, organisation }: { service: string; environment: string; organisation: string },
  policy: PolicyBundle,
  owners: readonly string[],
): Asked {
  const { approval } = thresholdsFor(policy.thresholds, { service, environment });
  const { users = [], teams = [], codeowners = false, permissions, count = 1 } = approval?.approvers ?? {};
  const expires = approval?.["expires-after"];
  // An owner that is a mail address belongs to no account that could be compared.
  const owning = codeowners ? owners.filter((owner) => owner.startsWith("@")).map(bare) : [];
  const isNamed = users.length > 0 || teams.length > 0 || codeowners;
  return {
    service,
    roles: permissions ?? (isNamed ? [] : writingRoles),
    users: unique([...users.map(bare), ...owning.filter((name) => !name.includes("/"))]),
    teams: unique([
      ...teams.map((team) => qualified(bare(team), organisation)),
      ...owning.filter((name) => name.includes("/")),
    ]),
    count,
    ...(expires === undefined ? {} : { expiresAfter: durationSeconds(expires) }),
  };
}

function bare(name: string): string {
  return name.replace(/^@/, "").toLowerCase();
}

/** A team without its organisation is one of the repository's own. */
function qualified(team: string, organisation: string): string {
  return team.includes("/") ? team : `${organisation.toLowerCase()}/${team}`;
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}
