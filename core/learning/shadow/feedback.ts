import * as z from "zod";
import type { LedgerEvent } from "../../evidence/event.ts";
import { modes } from "../../policy/modes.ts";
import type { Feedback } from "./document.ts";

const said = z.looseObject({
  verdict: z.literal("wrong"),
  reason: z.string(),
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/)
    .optional(),
  pull_request: z.int().positive().optional(),
  comment: z.int().positive().optional(),
  decision: z.string().optional(),
  risk_score: z.number().optional(),
  model: z.looseObject({ version: z.string(), state: z.enum(modes), probability: z.number() }).optional(),
});

/** What people said of scores from then on, the newest first. */
export function feedbackOf(events: readonly LedgerEvent[], since: number): Feedback[] {
  return events
    .flatMap(({ kind, at, actor, body }): Feedback[] => {
      const known =
        kind === "feedback" && Date.parse(at) / 1000 >= since ? said.safeParse(body).data : undefined;
      if (known === undefined) return [];
      const { reason, decision, risk_score, model, repository, pull_request: pull, comment } = known;
      return [
        {
          ...{ at, by: actor, reason, says: directionOf(reason) },
          ...(risk_score === undefined ? {} : { risk_score }),
          ...(decision === undefined ? {} : { decision }),
          ...(model
            ? { model: { version: model.version, state: model.state, probability: model.probability } }
            : {}),
          ...(repository && pull
            ? { path: `/${repository}/pull/${pull}${comment ? `#issuecomment-${comment}` : ""}` }
            : {}),
        },
      ];
    })
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || (one.by < other.by ? -1 : 1));
}

const tooHigh = /\btoo (high|strict|much|careful)\b|\b(harmless|trivial|overestimat\w*|no risk|low risk)\b/iu;
const tooLow = /\btoo (low|lax|little|mild)\b|\b(dangerous|underestimat\w*|high risk)\b/iu;

function directionOf(reason: string): Feedback["says"] {
  const [high, low] = [tooHigh.test(reason), tooLow.test(reason)];
  if (high === low) return "unclear";
  return high ? "too-high" : "too-low";
}
