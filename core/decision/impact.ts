import { derivedOnce } from "../change/derive.ts";
import type { ChangeFacts } from "../change/facts.ts";
import { optional } from "../optional.ts";
import type { PolicyBundle, ScoreScale } from "../policy/schema.ts";
import { decide } from "./decide.ts";
import type { DecisionBody } from "./shape.ts";
import { blocked } from "./strictest.ts";

/** Which bucket a decision falls into, for people: what would happen to the change. */
export function bucketOf(decision: DecisionBody): string {
  const asks = blocked(decision) ? " · blocked" : decision.needs_approval ? " · approval" : "";
  return `${decision.strategy}${asks}`;
}

export type Moved = {
  subject: string;
  from: string;
  to: string;
  scoreBefore: number;
  scoreAfter: number;
  /** Where a score is not of points but of the model's scale. */
  scaleBefore?: ScoreScale;
  scaleAfter?: ScoreScale;
};
export type Impact = {
  changes: number;
  before: Record<string, number>;
  after: Record<string, number>;
  moved: Moved[];
  /** Changes that the new bundle's model says nothing of, by reason; where it is a shadow, nothing hangs on it. */
  silent?: Record<string, number>;
};

/** Replays recorded facts under an old and a new bundle: the shares of each bucket, and who moved. */
export function policyImpact(
  recorded: Iterable<ChangeFacts>,
  before: PolicyBundle,
  after: PolicyBundle,
): Impact {
  const impact: Impact = { changes: 0, before: {}, after: {}, moved: [] };
  for (const facts of recorded) {
    const old = decide(derivedOnce(facts, before), before);
    const next = decide(derivedOnce(facts, after), after);
    const [from, to] = [bucketOf(old), bucketOf(next)];
    impact.changes += 1;
    impact.before[from] = (impact.before[from] ?? 0) + 1;
    impact.after[to] = (impact.after[to] ?? 0) + 1;
    const { state, reason_code: why } = next.model ?? {};
    if (why && state !== "shadow")
      impact.silent = { ...impact.silent, [why]: (impact.silent?.[why] ?? 0) + 1 };
    if (from !== to) {
      impact.moved.push({
        subject: subjectName(facts),
        from,
        to,
        scoreBefore: old.risk_score,
        scoreAfter: next.risk_score,
        ...optional("scaleBefore", modelScale(old)),
        ...optional("scaleAfter", modelScale(next)),
      });
    }
  }
  return impact;
}

function modelScale({ model }: DecisionBody): ScoreScale | undefined {
  return model?.level === undefined ? undefined : model.scale;
}

/** What a change is called whose facts name neither pull request nor commit. */
export const namelessChange = "a change";

function subjectName(facts: ChangeFacts): string {
  const { pull_request, head, title } = facts.change ?? {};
  const name = pull_request ? `#${pull_request}` : (head?.slice(0, 12) ?? namelessChange);
  return title ? `${name} ${title}` : name;
}
