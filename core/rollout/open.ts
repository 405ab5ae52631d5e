import { tampered } from "../evidence/fault.ts";
import type { Refusal } from "../ports.ts";
import type { Around } from "./around.ts";
import { type Book, bookkeeper } from "./book.ts";
import { pageStop } from "./environment-stop.ts";
import { unfinished } from "./fold-stream.ts";
import { neighboursOf } from "./neighbours.ts";
import { digestOf, type NewPlan, otherIn, type RolloutPlan, rolloutName } from "./plan.ts";
import { refusals } from "./refusals.ts";
import { saidOf } from "./said-of.ts";
import { stopsOf } from "./stops.ts";

export type Opened =
  | { rollout: string; adopted: boolean }
  /** Nothing moved, and why. */
  | { refused: Refusal[] };

/**
 * Opens a rollout, or goes on with the one of the same plan that is under way. Everything that speaks against it is said
 * before anything moves.
 */
export async function open(plan: NewPlan, around: Around): Promise<Opened> {
  const keeper = bookkeeper({ ...around, freshSeconds: 0 });
  for (let attempt = 0; attempt < around.retry.attempts; attempt += 1) {
    const book = await keeper.fresh();
    const running = unfinished(book.rollouts);
    if (running !== undefined) return alongside(plan, running.plan);
    const rollout = rolloutName(around.nonce());
    const whole: RolloutPlan = { ...plan, rollout };
    const now = around.now();
    const stops = await stopped(book, whole, around, now);
    const refused = [...stops, ...(await refusals(whole, around.target, now))];
    if (refused.length > 0) return { refused };
    if (await keeper.append(book, [{ kind: "rollout", body: { rollout, plan: whole } }]))
      return { rollout, adopted: false };
    await around.retry.wait(Math.round(200 * around.retry.random()));
  }
  return {
    refused: [{ code: "ledger-busy", sentence: "Others wrote to the ledger all the while. Run it again." }],
  };
}

function alongside(plan: NewPlan, running: RolloutPlan): Opened {
  const isSame = digestOf(running.candidate) === digestOf(plan.candidate) && running.kind === plan.kind;
  const other = isSame ? otherIn(plan, running) : [];
  if (isSame && other.length === 0) return { rollout: running.rollout, adopted: true };
  if (isSame)
    return {
      refused: [
        {
          code: "other-plan",
          sentence: `${running.rollout} is on its way with the same candidate by another plan (${other.join(", ")}). Abort it, or roll back with \`to\`; then run this again.`,
        },
      ],
    };
  const sentence = `${running.candidate.id} is on its way already (${running.rollout}). Wait for its end, or abort it.`;
  return { refused: [{ code: "rollout-in-progress", sentence }] };
}

/** Nothing keeps anybody from going back. */
async function stopped(
  { rollouts, chain: { events } }: Book,
  plan: RolloutPlan,
  around: Around,
  now: string,
) {
  if (plan.kind === "back") return [];
  const neighbours = await neighboursOf(around);
  for (const { chain } of neighbours) if (chain.fault !== undefined) throw tampered(chain.fault);
  const others = neighbours.map((one) => one.rollouts);
  const said = saidOf(events, plan.candidate, around.believes);
  const stops = stopsOf(rollouts, others, digestOf(plan.candidate), around.rules, now, said);
  const unheard = stops.some(({ code }) => code === "environment-stopped") ? await paged(around) : "";
  return stops.map(
    ({ code, sentence, until }): Refusal => ({
      code,
      sentence: `${sentence} Until ${until}, or until a person overrules it.${unheard}`,
    }),
  );
}

/** Whoever took the last one back may have died before anybody heard of the stop. */
async function paged(around: Around): Promise<string> {
  try {
    await pageStop(around);
    return "";
  } catch (error) {
    return ` Nobody could be told of the stop: ${error instanceof Error ? error.message : String(error)}`;
  }
}
