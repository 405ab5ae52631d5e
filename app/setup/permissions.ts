/** What the App may do, by how far it is trusted. The manifest and docs/permissions.md are made from this record. */

export const tiers = ["observe", "advise", "gate", "propose"] as const;
export type Tier = (typeof tiers)[number];

type Permission = { name: string; level: "read" | "write"; why: string };
type TierRecord = { says: string; adds: Permission[]; events: string[] };

/** Each tier has all that stands before it. */
const record: Record<Tier, TierRecord> = {
  observe: {
    says: "Reads changes and scores them, for a policy in `shadow`. Writes nothing on GitHub.",
    adds: [
      {
        name: "metadata",
        level: "read",
        why: "GitHub gives it to every App: names of repositories and roles",
      },
      { name: "contents", level: "read", why: "the policy, the files of a change, and its history" },
      { name: "pull_requests", level: "read", why: "what a pull request changes, and who reviewed it" },
      { name: "issues", level: "read", why: "the commands that people write as comments" },
      { name: "checks", level: "read", why: "whether the tests of a commit have finished" },
      { name: "statuses", level: "read", why: "the same, from CI that does not use checks" },
      { name: "actions", level: "read", why: "workflow runs, their approvals, and the environments" },
      { name: "deployments", level: "read", why: "what was deployed last, and how that ended" },
    ],
    events: [
      "pull_request",
      "push",
      "issue_comment",
      "pull_request_review",
      "deployment",
      "deployment_status",
      "workflow_run",
      "check_run",
      "repository",
    ],
  },
  advise: {
    says: "Comments on pull requests, sets the check `adaptive-deploy/risk`, and answers commands.",
    adds: [
      { name: "pull_requests", level: "write", why: "the comment, and 👀 🚀 👎 on commands" },
      { name: "issues", level: "write", why: "answers to commands on the incident of a rollout" },
      { name: "checks", level: "write", why: "the check, with its buttons" },
      { name: "merge_queues", level: "read", why: "to hear of merge groups, which carry the check too" },
    ],
    events: ["merge_group"],
  },
  gate: {
    says: "Lets deployments to protected environments through, or stops them.",
    adds: [{ name: "deployments", level: "write", why: "the answer to a deployment protection rule" }],
    events: ["deployment_protection_rule"],
  },
  propose: {
    says: "Opens pull requests of its own, for example one that reverts a change or adjusts the policy.",
    adds: [{ name: "contents", level: "write", why: "the branch of a pull request of its own" }],
    events: [],
  },
};

/** Asked for beside a tier, where the policy needs it. */
export const organisationPermission = {
  name: "members",
  level: "read",
  why: "teams as approvers; without it a rule that names a team refuses",
} as const;

/** Given in the App's settings on GitHub, where the configuration names workflows that the App starts. */
export const startingPermission = {
  name: "actions",
  level: "write",
  why: "`/rollback`, and a rollout that nobody drives any more, start the workflow that the repository names; without it, people are told that nothing was started",
} as const;

const startingSays =
  "In any tier above observe, where the configuration names a `rollback-workflow` or a `watchdog-workflow`; given by hand in the App's settings on GitHub. `repository_dispatch` would need `contents: write`, which can change what runs.";

const upTo = (tier: Tier): TierRecord[] => tiers.slice(0, tiers.indexOf(tier) + 1).map((one) => record[one]);

export const describeTier = (tier: Tier): string => record[tier].says;

/** As GitHub's manifest names them. */
export function permissionsOf(
  tier: Tier,
  { teams = false }: { teams?: boolean } = {},
): Record<string, "read" | "write"> {
  const all = upTo(tier).flatMap(({ adds }) => adds);
  return Object.fromEntries(
    (teams ? [...all, organisationPermission] : all).map(({ name, level }) => [name, level]),
  );
}

/** The same, each with all that it is for. */
export function permissionRows(tier: Tier, { teams = false }: { teams?: boolean } = {}): Permission[] {
  const all = [...upTo(tier).flatMap(({ adds }) => adds), ...(teams ? [organisationPermission] : [])];
  return Object.entries(permissionsOf(tier, { teams })).map(([name, level]) => {
    const reasons = all.filter((one) => one.name === name).map(({ why }) => why);
    return { name, level, why: reasons.join("; ") };
  });
}

export const eventsOf = (tier: Tier): string[] => upTo(tier).flatMap(({ events }) => events);

/** The tables of docs/permissions.md. */
export function permissionsPage(): string {
  const sections = tiers.map((tier) => {
    const { says, adds, events } = record[tier];
    const heard = events.length > 0 ? `\nEvents: ${events.map((name) => `\`${name}\``).join(", ")}.\n` : "";
    return `### ${tier}\n\n${says}\n\n${table(adds)}${heard}`;
  });
  const besides = [
    `### Teams as approvers\n\nIn any tier, where the policy names teams.\n\n${table([organisationPermission])}`,
    `### Workflows that the App starts\n\n${startingSays}\n\n${table([startingPermission])}`,
  ];
  return `${sections.join("\n")}\n${besides.join("\n")}`;
}

function table(permissions: readonly Permission[]): string {
  const rows = permissions.map(({ name, level, why }) => `| \`${name}\` | ${level} | ${why} |`);
  return `| Permission | Level | What for |\n| :-- | :-- | :-- |\n${rows.join("\n")}\n`;
}
