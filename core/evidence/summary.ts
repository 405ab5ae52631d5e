import * as z from "zod";
import type { LedgerEvent } from "./event.ts";
import { parseStream } from "./stream.ts";

/** What an event is about in a few words, for a commit's subject and the column of a table. */
export function summaryOf(event: Pick<LedgerEvent, "kind" | "body">): string {
  const words = told
    .map((name) => event.body[name])
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map(String);
  const first = [...partsOf(event), ...words];
  return first.slice(0, 3).join(", ");
}

/** Fields that say most of an event, in the order in which they are shown. */
const told = [
  "action",
  "verdict",
  "effect",
  "result",
  "outcome",
  "reason_code",
  "digest",
  "reason",
  "holder",
];

/** What stands deeper in an event, and says most of it. */
function partsOf({ kind, body }: Pick<LedgerEvent, "kind" | "body">): string[] {
  if (kind === "decision") return scored(body);
  const parsed = deeper.safeParse(body).data ?? {};
  const { plan, effect, status, command, code, notice } = parsed;
  const moved = plan === undefined ? undefined : `${plan.stable?.id ?? "nothing"} → ${plan.candidate.id}`;
  const share = effect?.share === undefined ? effect?.kind : `${effect.kind} ${effect.share} %`;
  const told = notice === undefined ? undefined : `${notice.kind} ${notice.code}`;
  return [plan?.kind, moved, share, status, command, code, told].filter((part) => part !== undefined);
}

/** Of a rollout's events; see core/rollout/events.ts, which knows this room. */
const deeper = z.object({
  plan: z
    .object({
      kind: z.string(),
      candidate: z.object({ id: z.string() }),
      stable: z.object({ id: z.string() }).nullable(),
    })
    .optional(),
  effect: z.object({ kind: z.string(), share: z.number().optional() }).optional(),
  status: z.string().optional(),
  command: z.string().optional(),
  code: z.string().optional(),
  notice: z.object({ kind: z.string(), code: z.string() }).optional(),
});

function scored({ risk_score: score, strategy }: LedgerEvent["body"]): string[] {
  return typeof score === "number" && typeof strategy === "string" ? [`${score} / 100 ${strategy}`] : [];
}

export function placeOf(stream: string): { environment: string; service: string } {
  const name = parseStream(stream);
  if (name?.kind === "service") return { environment: name.environment, service: name.service };
  return { environment: "", service: name === null ? stream : "changes" };
}
