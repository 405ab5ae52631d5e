import { leastHistoryChanges } from "../change/fact.ts";
import type { ChangeFacts } from "../change/facts.ts";
import { filled } from "../change/filled.ts";
import { roundedFact } from "../change/history.ts";
import { digest } from "../evidence/canonical.ts";
import { optional } from "../optional.ts";
import type { Mode, PolicyBundle } from "../policy/schema.ts";
import { scoreFacts } from "../risk/score.ts";
import { decideService, type ServiceAnswer } from "./decide-service.ts";
import { identified } from "./identify.ts";
import type { DecisionBody, ServiceDecision } from "./shape.ts";
import { strictest } from "./strictest.ts";

/**
 * The one decision function: the same for the Action, the App and the command line. Facts come derived
 * (change/derive.ts); equal facts and equal policy give equal bytes.
 */
export function decide(
  facts: ChangeFacts,
  policy: PolicyBundle,
  options: { mode?: Mode } = {},
): DecisionBody {
  const declared = (facts.services ?? []).map((service) =>
    decideService(factsOfService(facts, service), policy, options.mode),
  );
  const whole = declared.length ? undefined : decideService(facts, policy, options.mode);
  const [first, ...rest] = whole ? [whole] : declared;
  if (!first) throw new TypeError("A decision was asked of nothing.");
  const leading = strictest([first.decision, ...rest.map((answer) => answer.decision)]);
  const answer = [first, ...rest].find((candidate) => candidate.decision === leading) ?? first;
  const { name: _, ...top } = leading;
  return identified({
    schema_version: 1,
    subject: subjectOf(facts),
    ...top,
    ...(leading.needs_approval ? mostApprovals(declared) : {}),
    services: whole ? servicesOfWhole(facts, whole) : declared.map((one) => one.decision),
    ...(modelRank(leading) ?? rankOf(facts, answer.facts, policy.weights)),
    ...(facts.history?.changes == null ? {} : { history_changes: facts.history.changes }),
    ...(facts.diff?.not_counted?.files ? { not_counted: facts.diff.not_counted } : {}),
    notes: notesOf(facts, [first, ...rest]),
    policy_version: { name: policy.name, ...policy.version },
    ...(leading.probability === undefined ? {} : optional("model_version", leading.model?.version)),
    facts_digest: digest(facts),
  });
}

/** Where several services ask for approvals, as many people are needed as the one that asks for most. */
function mostApprovals(answers: ServiceAnswer[]): Pick<DecisionBody, "approvals_needed"> {
  const counts = answers.flatMap((answer) => answer.decision.approvals_needed ?? []);
  return counts.length ? { approvals_needed: Math.max(...counts) } : {};
}

/** services.yaml that matches nothing gives no service; without services.yaml the repository is the one service. */
function servicesOfWhole(facts: ChangeFacts, whole: ServiceAnswer): DecisionBody["services"] {
  return facts.services ? [] : [whole.decision];
}

type Context = NonNullable<ChangeFacts["context"]>;
type History = NonNullable<ChangeFacts["history"]>;
type FactsOfService = NonNullable<ChangeFacts["services"]>[number];

function factsOfService(facts: ChangeFacts, service: FactsOfService): ChangeFacts {
  const { services: _, ...whole } = facts;
  return {
    ...whole,
    service: {
      environment: facts.service?.environment,
      name: service.name,
      platforms: service.platforms ?? facts.service?.platforms,
      criticality: service.criticality ?? facts.service?.criticality,
      target: facts.service?.target,
    },
    diff: service.diff ?? facts.diff,
    kinds: service.kinds ?? facts.kinds,
    context: filled<Context>(service.context, facts.context ?? {}),
    history: filled<History>({ failure_rate: service.failure_rate, past: service.past }, facts.history ?? {}),
  };
}

function subjectOf(facts: ChangeFacts): DecisionBody["subject"] {
  const { kind, repository, base, head, pull_request, candidate } = facts.change ?? {};
  return {
    kind: kind ?? "change",
    ...(repository ? { repository } : {}),
    ...(base ? { base } : {}),
    ...(head ? { head } : {}),
    ...(pull_request == null ? {} : { pull_request }),
    ...(candidate ? { candidate } : {}),
  };
}

/** Where the model leads, its own rank is the rank. */
function modelRank({ model }: ServiceDecision): Pick<DecisionBody, "rank"> | undefined {
  if (!model?.level || !model.rank) return undefined;
  return { rank: { ...model.rank, percent: Math.round(model.rank.percent) } };
}

/**
 * The share of past changes that scored lower, from the quantiles of their scores; an equal score is not lower. How
 * critical the services were that past changes touched is not known, so criticality counts on neither side.
 */
function rankOf(
  facts: ChangeFacts,
  leading: ChangeFacts,
  weights: PolicyBundle["weights"],
): Pick<DecisionBody, "rank"> {
  const { score_quantiles: quantiles, changes, among } = facts.history ?? {};
  if (!quantiles?.length || (changes ?? 0) < leastHistoryChanges) return {};
  const alike = { ...leading, service: { ...leading.service, criticality: "normal" as const } };
  const score = roundedFact(scoreFacts(alike, weights).score);
  const below = quantiles.filter((quantile) => quantile < score).length;
  const percent = Math.round((100 * below) / quantiles.length);
  return { rank: { percent, changes: changes ?? 0, ...(among ? { among } : {}) } };
}

function notesOf(facts: ChangeFacts, answers: ServiceAnswer[]): string[] {
  const notes = answers.flatMap((answer) => answer.notes);
  if (facts.kinds?.policy)
    notes.push("This change edits the policy itself; the policy of the base decided here.");
  if (facts.diff?.files === 0 && !facts.diff.not_counted?.files)
    notes.push("Nothing was changed between base and head.");
  if (facts.diff?.incomplete) notes.push(facts.diff.incomplete);
  return [...new Set(notes)];
}
