import * as z from "zod";
import type { LedgerEvent } from "../../evidence/event.ts";
import { modes } from "../../policy/modes.ts";

/** What a decision in the ledger says of one service, as far as it can be held against how the release went. */
export type Said = {
  decision: string;
  at: number;
  heuristicScore: number;
  model?: { version: string; state: (typeof modes)[number]; probability: number; rankPercent?: number };
};

const model = z.looseObject({
  version: z.string().optional(),
  state: z.enum(modes),
  probability: z.number().min(0).max(1).optional(),
  rank: z.looseObject({ percent: z.number() }).optional(),
  heuristic_score: z.number(),
});
// A model's part that is not written as we write it says nothing; the rest of the decision still does.
const answer = { risk_score: z.number(), model: model.optional().catch(undefined) };
const decision = z.looseObject({
  decision_id: z.string(),
  subject: z.looseObject({ head: z.string().optional() }),
  ...answer,
  services: z.array(z.looseObject({ name: z.string(), ...answer })).default([]),
});

/** By the decision's name, and by the commit that it was about: the latest of each. */
export type Decisions = {
  named(name: string): Said | undefined;
  about(commit: string, before: number): Said | undefined;
};

export function decisionsOf(events: readonly LedgerEvent[], service: string): Decisions {
  const byName = new Map<string, Said>();
  const byCommit = new Map<string, Said[]>();
  for (const event of events) {
    const parsed = event.kind === "decision" ? decision.safeParse(event.body).data : undefined;
    if (parsed === undefined) continue;
    const { decision_id: name, subject, services } = parsed;
    const own = services.find((one) => one.name === service) ?? parsed;
    // Whole seconds, as a rollout's beginning is told: one that began in the same second began later.
    const said = saidOf(name, Math.floor(Date.parse(event.at) / 1000), own);
    byName.set(name, said);
    if (subject.head !== undefined) byCommit.set(subject.head, [...(byCommit.get(subject.head) ?? []), said]);
  }
  return {
    named: (name) => byName.get(name),
    about: (commit, before) => byCommit.get(commit)?.findLast(({ at }) => at <= before),
  };
}

type Answer = { risk_score: number; model?: z.infer<typeof model> | undefined };

function saidOf(name: string, at: number, { risk_score: score, model: said }: Answer): Said {
  const { version, state, probability, rank, heuristic_score: heuristicScore = score } = said ?? {};
  return {
    decision: name,
    at,
    heuristicScore,
    ...(version === undefined || state === undefined || probability === undefined
      ? {}
      : { model: { version, state, probability, ...(rank ? { rankPercent: rank.percent } : {}) } }),
  };
}
