import { checkName } from "../adapters/github/check.ts";
import { type Gathered, gather } from "../adapters/github/gather.ts";
import { publish, retire } from "../adapters/github/publish.ts";
import type { Subject } from "../adapters/github/subject.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { enveloped } from "../core/decision/envelope.ts";
import type { Decision } from "../core/decision/shape.ts";
import { optional } from "../core/optional.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import type { Ledger } from "../core/ports.ts";
import { checkActions } from "../core/render/actions.ts";
import { commentMarker } from "../core/render/comment.ts";
import { decideGathered } from "./decide-gathered.ts";
import { releasesBefore } from "./gates/releases.ts";
import { givenFacts } from "./kept-facts.ts";
import { policyImpactSection } from "./policy-impact.ts";
import type { Work } from "./ports.ts";
import { recordDecided } from "./record.ts";
import { settlingOf } from "./settling.ts";
import { holdOn, standingOf, wakeAtExpiry, wordsOf } from "./standing.ts";
import { tellUnreadable } from "./unreadable-policy.ts";

/** Another name than the Action's, so that a required check can pin the App. */
export const appCheck = "adaptive-deploy/risk";

export type Decided = { decision: Decision; gathered: Gathered; facts: ChangeFacts };
export type Asked = {
  environment?: string;
  /** Of services.yaml; absent: the one that the configuration names, or all that the change touches. */
  service?: string;
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
  const { span, decided: tell } = work.observer;
  const [gathered, given] = await Promise.all([
    span("gather", () =>
      gather(work.client, subject, {
        now: work.now,
        ...optional("environment", asked.environment),
        comment: subject.kind !== "release",
        marker: commentMarker,
        check: appCheck,
        again: true,
        released: (environment) => releasesBefore(work.database, { repository, environment }, subject.head),
      }),
    ).catch(async (error: unknown) => {
      const name = checkName(appCheck, subject, subject.defaultBranch ?? subject.baseBranch);
      if (!(await tellUnreadable(error, subject, name, work))) throw error;
      return undefined;
    }),
    givenFacts(work.database, repository, subject.head),
  ]);
  if (!gathered) return undefined;
  if (!gathered.configured) {
    if (!gathered.moved) await fallSilent(subject, work, gathered);
    return undefined;
  }
  const environment =
    asked.environment ?? subject.environment ?? gathered.configuration.environment ?? defaultEnvironment;
  const place = { environment, service: asked.service };
  const traffic = await work.traffic?.(repository, gathered, place);
  const { facts, body } = await span("decide", async () =>
    decideGathered(gathered, [...(traffic?.given ?? []), ...given], { ...place, now: work.now }),
  );
  const words = wordsOf(subject, work);
  const { approvals, refused, problems } = await span("standing", () =>
    standingOf(subject, work, body, gathered, words),
  );
  const decision = enveloped(body, {
    actor: subject.author ?? "unknown",
    decidedAt: work.now.toISOString(),
    approvals,
    refused,
    recorded: true,
  });
  tell(decision);
  const decided = { decision, gathered, facts };
  // What was decided of a head that is the pull request's no more is nobody's business.
  if (gathered.moved) return decided;
  const isRelease = subject.kind === "release";
  const written = isRelease ? [] : await span("publish", () => write(subject, work, decided, words, asked));
  const uncounted = refused.map(({ sentence }) => sentence);
  for (const problem of [
    ...gathered.problems,
    ...uncounted,
    ...problems,
    ...(traffic?.problems ?? []),
    ...written,
  ])
    work.warn(problem);
  // After what people wait for.
  const moment = { actor: decision.actor, decidedAt: decision.decided_at };
  await span("record", () => recordDecided(work, repository, { body, moment, facts }));
  return decided;
}

/** A configuration that was removed leaves what it wrote: nobody could lift a required check that is red. */
async function fallSilent(subject: Subject, work: Work, gathered: Gathered): Promise<void> {
  const sentence =
    "adaptive-deploy is no longer configured for this repository: nothing is asked here any more.";
  const place = { ...gathered, marker: commentMarker, check: appCheck };
  const problems = await retire(work.client, subject, place, sentence, work.now.toISOString(), true);
  for (const problem of problems) work.warn(problem);
}

async function write(
  subject: Subject,
  work: Work,
  decided: Decided,
  words: Ledger,
  asked: Asked,
): Promise<string[]> {
  const { decision, gathered, facts } = decided;
  const [settling, hold, policyImpact] = await Promise.all([
    settlingOf(subject, facts, gathered.policy, work),
    holdOn(subject, work, words),
    policyImpactSection(subject, gathered, work),
    wakeAtExpiry(subject, decision.approvals, work),
  ]);
  const place = { ...gathered, marker: commentMarker, check: appCheck };
  return await publish(work.client, subject, decision, place, {
    silentInShadow: true,
    again: true,
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
