import { type Gathered, gather } from "../adapters/github/gather.ts";
import { publish } from "../adapters/github/publish.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { recordDecision } from "../adapters/ledgers/record-decision.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { enveloped } from "../core/decision/envelope.ts";
import type { Decision, DecisionBody } from "../core/decision/shape.ts";
import { optional } from "../core/optional.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import { checkActions } from "../core/render/actions.ts";
import { commentMarker } from "../core/render/comment.ts";
import { decideGathered } from "./decide-gathered.ts";
import { givenFacts, keepFacts } from "./kept-facts.ts";
import { policyImpactSection } from "./policy-impact.ts";
import type { Work } from "./ports.ts";
import { settlingOf } from "./settling.ts";
import { holdOn, standingOf } from "./standing.ts";

/** Another name than the Action's, so that a required check can pin the App. */
export const appCheck = "adaptive-deploy/risk";

export type Decided = { decision: Decision; gathered: Gathered; facts: ChangeFacts };
export type Asked = {
  environment?: string;
  /** True where people asked for one line. */
  quiet?: boolean;
};

/**
 * Decides with the very function of `decide` and writes comment and check under the App's own names. A repository
 * that was never configured gets nothing, and nothing of it is stored.
 */
export async function decideChange(
  subject: Subject,
  work: Work,
  asked: Asked = {},
): Promise<Decided | undefined> {
  const repository = `${subject.owner}/${subject.name}`;
  const [gathered, given] = await Promise.all([
    gather(work.client, subject, {
      now: work.now,
      ...optional("environment", asked.environment),
      comment: subject.kind !== "release",
      marker: commentMarker,
      check: appCheck,
    }),
    givenFacts(work.database, repository, subject.head),
  ]);
  if (!gathered.configured) return undefined;
  const environment =
    asked.environment ?? subject.environment ?? gathered.configuration.environment ?? defaultEnvironment;
  const { facts, body } = decideGathered(gathered, given, { environment, now: work.now });
  const { approvals, problems } = await standingOf(subject, work, body, gathered);
  const decision = enveloped(body, {
    actor: subject.author ?? "unknown",
    decidedAt: work.now.toISOString(),
    approvals,
    recorded: true,
  });
  const decided = { decision, gathered, facts };
  // What was decided of a head that is the pull request's no more is nobody's business.
  if (gathered.moved) return decided;
  const written = subject.kind === "release" ? [] : await write(subject, work, decided, asked);
  for (const problem of [...gathered.problems, ...problems, ...written]) work.warn(problem);
  await keep(work, repository, decided, body);
  return decided;
}

async function write(subject: Subject, work: Work, decided: Decided, asked: Asked): Promise<string[]> {
  const { decision, gathered, facts } = decided;
  const [settling, hold, policyImpact] = await Promise.all([
    settlingOf(subject, facts, gathered.policy, work),
    holdOn(subject, work),
    policyImpactSection(subject, gathered, work),
  ]);
  const place = { ...gathered, marker: commentMarker, check: appCheck };
  return await publish(work.client, subject, decision, place, {
    silentInShadow: true,
    actions: checkActions(decision),
    commands: true,
    settling,
    ...thresholdOf(decision, gathered.policy),
    ...optional("hold", hold),
    ...optional("policyImpact", policyImpact),
    ...optional("quiet", asked.quiet),
  });
}

/** From which score on policy asks for an approval, for the sentence that says so. */
function thresholdOf(decision: Decision, policy: PolicyBundle): { approvalFrom?: number } {
  const service =
    decision.services[0]?.name ?? decision.subject.repository?.split("/").at(-1) ?? "repository";
  const { approval } = thresholdsFor(policy.thresholds, { service, environment: decision.environment });
  return approval?.from === undefined ? {} : { approvalFrom: approval.from };
}

/** After what people wait for. The same decision of the same commit is recorded once, however often it is made. */
async function keep(work: Work, repository: string, decided: Decided, body: DecisionBody): Promise<void> {
  const { decision, facts } = decided;
  const [known] = await work.database.query(
    "select 1 as known from decisions where repository = $1 and decision_id = $2",
    [repository, decision.decision_id],
  );
  if (known) return;
  const moment = { actor: decision.actor, decidedAt: decision.decided_at };
  const { problems } = await recordDecision(work.ledger(repository), body, moment);
  for (const problem of problems) work.warn(problem);
  if (decision.subject.head)
    await keepFacts(work.database, { repository, sha: decision.subject.head, facts });
}
