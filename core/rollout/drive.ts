import { exitCodes, UserError } from "../errors.ts";
import type { Around } from "./around.ts";
import { type Bookkeeper, bookkeeper } from "./book.ts";
import { emergencyStep, isOver, wantsBack } from "./emergency.ts";
import { reconcile } from "./journal.ts";
import { giveBack } from "./own-lease.ts";
import type { RolloutState } from "./state.ts";
import { type Turn, type TurnCode, waiting } from "./taking.ts";
import { unhurried } from "./telling.ts";
import { turn } from "./turn.ts";

export type Driving = {
  /** Told of every turn that waits: what is done, and until when. */
  progress(turn: Turn): void;
  sleep(milliseconds: number): Promise<void>;
  /** True: leave it as it is; another run goes on. */
  stopped(): boolean;
  /** Where to stop of itself: nothing goes on without a person, or one step is done. */
  until?(turn: Turn): boolean;
};

/** Turns until the rollout has ended or is left to others; the lease is given back then. */
export async function drive(rollout: string, world: Around, driving: Driving): Promise<Turn> {
  const around: Around = { ...world, people: unhurried(world.people, world.now) };
  const keeper = bookkeeper(around);
  let last: RolloutState | null = null;
  let before: TurnCode | null = null;
  // What an earlier run here did without the ledger is owed to it as well.
  let owed = true;
  while (true) {
    const turned = await oneTurn(rollout, keeper, around, { last, owed });
    last = turned.state;
    owed = turned.code === "ledger-unavailable";
    if (turned.code !== "moved" || before !== "moved") driving.progress(turned);
    before = turned.code;
    const ended = turned.code === "ended" && turned.again === undefined;
    const done = ended || driving.stopped() || driving.until?.(turned) === true;
    if (done) {
      await leave(keeper, around);
      return turned;
    }
    if (turned.again !== undefined) {
      const milliseconds = Date.parse(turned.again) - Date.parse(around.now());
      await driving.sleep(Math.max(0, Math.min(milliseconds, longestSleep(around))));
    }
  }
}

/** However far away the next evidence is: a person's word is heard meanwhile, and the lease is kept. */
function longestSleep({ leaseSeconds, pollSeconds, freshSeconds }: Around): number {
  return 1000 * Math.min(leaseSeconds / 4, Math.max(pollSeconds, freshSeconds));
}

/** The last state that was known, and whether something may have been done that the ledger does not know. */
export type Before = { last: RolloutState | null; owed: boolean };

/**
 * Without the ledger nothing new is begun: it is waited for. A rollout that is on its way back already goes on whatever
 * is the matter with the ledger; where waiting mends nothing, its fault is told once nothing is left to ask for.
 */
export async function oneTurn(
  rollout: string,
  keeper: Bookkeeper,
  around: Around,
  { last, owed }: Before,
): Promise<Turn> {
  try {
    if (owed && around.journal !== undefined) await reconcile(around.journal, keeper, around);
    return await turn(rollout, keeper, around);
  } catch (error) {
    if (!(error instanceof UserError) || last === null) throw error;
    const passes = error.reasonCode === "ledger-unavailable";
    const goesBack = wantsBack(last, around.now());
    if (!passes && !goesBack) throw error;
    keeper.forget();
    const back = goesBack ? await emergencyStep(last, around) : null;
    const sentence = back === null ? error.message : `${back.sentence} ${error.message}`;
    const over = back !== null && isOver(back);
    if (!passes && over && error.exitCode !== exitCodes.unavailable)
      throw new UserError(error.reasonCode, sentence, error.exitCode);
    return waiting({ state: last, around }, "ledger-unavailable", sentence, unreachableSeconds);
  }
}

const unreachableSeconds = 10;

async function leave(keeper: Bookkeeper, around: Around): Promise<void> {
  try {
    await giveBack(keeper, around);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
