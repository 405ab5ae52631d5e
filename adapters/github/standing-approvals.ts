import type { Approval, DecisionBody } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { foldApprovals, pointersFor } from "../../core/evidence/approvals.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Ledger } from "../../core/ports.ts";
import { streamsOf } from "../ledgers/record-decision.ts";
import { verifyApproval } from "./approvals.ts";
import type { GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

export type Standing = { approvals: Approval[]; problems: string[] };

/**
 * The approvals of this very head and environment that the ledger points to, each asked of GitHub again. A change that
 * touches several services needs an approver whom each of them accepts.
 */
export async function standingApprovals(
  client: GitHubClient,
  ledger: Ledger,
  subject: Subject,
  body: DecisionBody,
  policy: PolicyBundle,
  owners: readonly string[] = [],
): Promise<Standing> {
  try {
    const chains = await Promise.all(streamsOf(body).map((stream) => ledger.read(stream)));
    const fault = chains.find((chain) => chain.fault)?.fault;
    if (fault) return { approvals: [], problems: [`No approval counts: ${fault.sentence}`] };
    const pointers = chains.flatMap((chain) =>
      pointersFor(foldApprovals(chain.events), subject.head, body.environment),
    );
    const asked = approversOf(body, policy, owners);
    const verified = await Promise.all(
      pointers
        .filter((pointer) =>
          asked.every((one) => !one.onlyUsers || one.users.includes(pointer.actor.toLowerCase())),
        )
        .map((pointer) =>
          verifyApproval(client, pointer, {
            repository: `${subject.owner}/${subject.name}`,
            headSha: subject.head,
            environment: body.environment,
            permissions: permissionsFor(pointer.actor, asked),
          }),
        ),
    );
    return {
      approvals: verified.flatMap((one) => (one.valid ? [one.approval] : [])),
      problems: [
        ...verified.flatMap((one) => (one.valid ? [] : [`An approval does not count: ${one.sentence}`])),
        ...teamSentence(asked.flatMap(({ teams }) => teams)),
      ],
    };
  } catch (error) {
    if (error instanceof UserError)
      return { approvals: [], problems: [`No approval counts: ${error.message}`] };
    throw error;
  }
}

const anyWriter = ["write", "maintain", "admin"] as const;
type Permission = (typeof anyWriter)[number];
type Asked = { permissions: readonly Permission[]; users: string[]; teams: string[]; onlyUsers: boolean };

/** Where policy names people, teams or code owners and no permission, nobody else counts. */
function approversOf(body: DecisionBody, policy: PolicyBundle, owners: readonly string[]): Asked[] {
  const names = body.services.filter((service) => service.needs_approval).map((service) => service.name);
  const whole = body.subject.repository?.split("/").at(-1) ?? "repository";
  return (names.length ? names : [whole]).map((service) => {
    const { approval } = thresholdsFor(policy.thresholds, { service, environment: body.environment });
    const { users = [], teams = [], codeowners = false, permissions } = approval?.approvers ?? {};
    const owning = codeowners ? owners.map((owner) => owner.replace(/^@/, "")) : [];
    const people = [...users.map((user) => user.replace(/^@/, "")), ...owning];
    const isNamed = users.length > 0 || teams.length > 0 || codeowners;
    const allowed = permissions ?? (isNamed ? [] : anyWriter);
    return {
      permissions: allowed,
      users: people.filter((name) => !name.includes("/")).map((name) => name.toLowerCase()),
      teams: [...teams, ...owning.filter((name) => name.includes("/"))],
      onlyUsers: allowed.length === 0,
    };
  });
}

function teamSentence(teams: string[]): string[] {
  if (teams.length === 0) return [];
  const named = [...new Set(teams)].slice(0, 3).join(", ");
  return [`Who is in a team cannot be asked with this token, so being in ${named} makes nobody an approver.`];
}

/** Whoever is named may approve with any permission to write; everybody else needs one that all services accept. */
function permissionsFor(actor: string, asked: Asked[]): Permission[] {
  return anyWriter.filter((permission) =>
    asked.every((one) => one.users.includes(actor.toLowerCase()) || one.permissions.includes(permission)),
  );
}
