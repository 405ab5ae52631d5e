import type { GitHubClient } from "../../adapters/github/client.ts";
import { gather } from "../../adapters/github/gather.ts";
import type { Standing } from "../../adapters/github/standing-approvals.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { isApproved } from "../../core/decision/envelope.ts";
import type { DecisionBody } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import type { Ledger } from "../../core/ports.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { approving } from "../decide/approving.ts";
import type { WaitPorts } from "../decide/wait.ts";
import { decidedOf, decisionNamed, type ServiceAnswer } from "./decision.ts";
import type { RolloutPorts } from "./ports.ts";

export type ApprovalSurroundings = {
  client: GitHubClient;
  /** What the run is about; a decision names its own commit and pull request. */
  subject: Subject;
  resolved: ResolvedPolicy;
  ledger: Ledger;
  now(): number;
  waiting(): WaitPorts;
};
export type Given = { by: string; reason: string; source?: string };

/** Approvals as decide finds them: pointers in the ledger, each looked up at GitHub at the moment of its use. */
export function approvalsOfRun(surroundings: ApprovalSurroundings) {
  const { client, subject, resolved, ledger, waiting } = surroundings;
  const known = new Map<string, DecisionBody>();

  const of = async (body: DecisionBody, at: number) => {
    const decided = subjectOf(subject, body);
    const owners = await ownersOf(surroundings, decided, body);
    return approving(
      { client, subject: decided, now: new Date(at), waiting },
      resolved,
      ledger,
      body,
      owners,
    );
  };

  const waitForStart: RolloutPorts["waitForStart"] = async (decision, answer, seconds) => {
    const body = ofService(decision, answer);
    known.set(decision.decision_id, decision);
    return (await of(body, surroundings.now())).wait(seconds);
  };

  /** Whether the plan's approval is there at an instant; null where it is not, or nobody knows what was decided. */
  const approvedAt = async (plan: RolloutPlan, at: number): Promise<Given | null> => {
    const decision = known.get(plan.decision_id ?? "") ?? (await decisionOfPlan(ledger, plan));
    if (decision === null) return null;
    const body = ofService(decision, decidedOf(decision, plan.service, plan.environment));
    return givenBy(body, await (await of(body, at)).standing());
  };
  return {
    waitForStart,
    approvedAt,
    approvals: { look: ({ plan }: { plan: RolloutPlan }) => approvedAt(plan, surroundings.now()) },
    knows: (decision: DecisionBody) => known.set(decision.decision_id, decision),
  };
}

async function decisionOfPlan(ledger: Ledger, plan: RolloutPlan): Promise<DecisionBody | null> {
  if (plan.decision_id === undefined) return null;
  try {
    return await decisionNamed(ledger, plan.decision_id, plan);
  } catch (error) {
    if (error instanceof UserError && error.reasonCode === "decision-not-found") return null;
    throw error;
  }
}

function givenBy(body: DecisionBody, { approvals }: Standing): Given | null {
  const [first] = approvals;
  if (first === undefined || !isApproved(body, approvals)) return null;
  const by = [...new Set(approvals.map(({ actor }) => actor))].join(", ");
  return { by, reason: first.reason, source: first.source };
}

/** The service's part alone: what others of the same change need holds it up no more. */
function ofService(decision: DecisionBody, answer: ServiceAnswer): DecisionBody {
  const services = decision.services.filter((one) => one === answer);
  return { ...decision, ...answer, services };
}

function subjectOf(subject: Subject, { subject: decided }: DecisionBody): Subject {
  const { base: _base, pullRequest: _pullRequest, ...own } = subject;
  return {
    ...own,
    kind: decided.kind,
    head: decided.head ?? subject.head,
    ...optional("base", decided.base),
    ...(decided.pull_request === undefined ? {} : { pullRequest: { number: decided.pull_request } }),
  };
}

/** Who owns the files that changed is no part of a decision: it is asked for where policy goes by it. */
async function ownersOf(
  { client, resolved, now }: ApprovalSurroundings,
  subject: Subject,
  { environment }: DecisionBody,
): Promise<readonly string[]> {
  const { defaults, scopes = [] } = resolved.policy.thresholds;
  if (![defaults, ...scopes].some(({ approval }) => approval?.approvers?.codeowners)) return [];
  const gathered = await gather(client, subject, { now: new Date(now()), environment, comment: false });
  return gathered.measured.diff?.owners ?? [];
}
