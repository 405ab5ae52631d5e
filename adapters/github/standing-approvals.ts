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
): Promise<Standing> {
  try {
    const chains = await Promise.all(streamsOf(body).map((stream) => ledger.read(stream)));
    const fault = chains.find((chain) => chain.fault)?.fault;
    if (fault) return { approvals: [], problems: [`No approval counts: ${fault.sentence}`] };
    const pointers = chains.flatMap((chain) =>
      pointersFor(foldApprovals(chain.events), subject.head, body.environment),
    );
    const asked = approversOf(body, policy);
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
      problems: verified.flatMap((one) => (one.valid ? [] : [`An approval does not count: ${one.sentence}`])),
    };
  } catch (error) {
    if (error instanceof UserError)
      return { approvals: [], problems: [`No approval counts: ${error.message}`] };
    throw error;
  }
}

const anyWriter = ["write", "maintain", "admin"] as const;
type Permission = (typeof anyWriter)[number];
type Asked = { permissions: readonly Permission[]; users: string[]; onlyUsers: boolean };

function approversOf(body: DecisionBody, policy: PolicyBundle): Asked[] {
  const names = body.services.filter((service) => service.needs_approval).map((service) => service.name);
  return (names.length ? names : ["repository"]).map((service) => {
    const approvers = thresholdsFor(policy.thresholds, { service, environment: body.environment }).approval
      ?.approvers;
    const users = (approvers?.users ?? []).map((user) => user.toLowerCase());
    const permissions = approvers?.permissions ?? (approvers?.users ? [] : anyWriter);
    return { permissions, users, onlyUsers: permissions.length === 0 };
  });
}

/** Whoever is named may approve with any permission to write; everybody else needs one that all services accept. */
function permissionsFor(actor: string, asked: Asked[]): Permission[] {
  return anyWriter.filter((permission) =>
    asked.every((one) => one.users.includes(actor.toLowerCase()) || one.permissions.includes(permission)),
  );
}
