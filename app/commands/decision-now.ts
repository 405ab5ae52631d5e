import { enveloped } from "../../core/decision/envelope.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { optional } from "../../core/optional.ts";
import type { RenderOptions } from "../../core/render/options.ts";
import type { Work } from "../ports.ts";
import { settlingOf } from "../settling.ts";
import { holdOn, standingOf, wordsOf } from "../standing.ts";
import type { Place } from "./place.ts";

/**
 * The pull request's decision as it is now, with what people said. What was decided once may have been decided
 * otherwise since, and then back, so that the newest on record is not the one that holds.
 */
export async function decisionNow(
  { subject, pull, gathered, environment, askedFor }: Place,
  work: Work,
): Promise<{ decision: Decision; told: RenderOptions }> {
  const { body, facts } = await askedFor(environment);
  const words = wordsOf(subject, work);
  const [{ approvals, refused }, hold, settling] = await Promise.all([
    standingOf(subject, work, body, gathered, words),
    holdOn(subject, work, words),
    pull.state === "open" ? settlingOf(subject, facts, gathered.policy, work) : undefined,
  ]);
  const decision = enveloped(body, {
    actor: subject.author ?? "unknown",
    decidedAt: work.now.toISOString(),
    approvals,
    refused,
    recorded: true,
  });
  return { decision, told: { ...optional("hold", hold), ...optional("settling", settling) } };
}
