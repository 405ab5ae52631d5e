import { UserError } from "../errors.ts";
import type { Around } from "./around.ts";
import { effectsOf } from "./effects-of.ts";
import { type JournalEntry, sameNumbers } from "./journal.ts";
import { handsOffNow, type Mark, type Observed } from "./observed.ts";
import { changedBySomebody, isBack, markFor, nextNumber, satisfied } from "./reconcile.ts";
import type { RolloutState } from "./state.ts";

/**
 * The way back that waits for nothing, not even for the ledger: it journals, marks the target under a number above
 * all that it knows, and asks until the stable version has everything. The ledger learns of it afterwards, from the
 * journal or from the mark alone. A hands-off mark and a person's own change stop it like everything else.
 */
export type EmergencyCode = "held" | "asked" | "moving" | "unavailable" | "refused" | "hands-off" | "changed";
export type EmergencyStep = { code: EmergencyCode; sentence: string };
type World = Pick<Around, "target" | "stream" | "journal" | "now">;

/** Whether the last known state of a rollout wants to go back, whoever asked for it. */
export function wantsBack(state: RolloutState, now: string): boolean {
  const [first] = effectsOf(state, now);
  return state.turned !== null && first?.do === "apply" && first.effect.kind === "restore";
}

/** One look and at most one request. */
export async function emergencyStep(state: RolloutState, around: World): Promise<EmergencyStep> {
  const { plan } = state;
  try {
    const observed = await around.target.observe(plan);
    const off = handsOffNow(observed, around.now());
    if (off !== null) return { code: "hands-off", sentence: `${off.by} keeps automation off: ${off.reason}` };
    if (satisfied(plan, { kind: "restore" }, observed)) {
      if (observed.mark !== null && (await isOurs(state, observed.mark, around)))
        await note(around, "held", observed.mark);
      return { code: "held", sentence: `${plan.stable?.id ?? "The stable version"} has everything again.` };
    }
    if (await isAnothers(state, observed.mark, around))
      return {
        code: "changed",
        sentence: "Another rollout has moved the target since; it is left as it is.",
      };
    if (changedBySomebody(state, observed))
      return { code: "changed", sentence: "Somebody changed the target meanwhile; it is left as it is." };
    if (isOnItsWay(state, observed)) return { code: "moving", sentence: "The target is on its way back." };
    return await ask(state, observed, around);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const code = error.reasonCode === "target-refused" ? "refused" : "unavailable";
    return { code, sentence: error.message };
  }
}

/** Nothing more is asked of the target then. */
export function isOver({ code }: EmergencyStep): boolean {
  return code === "held" || code === "hands-off" || code === "changed";
}

/** Steps until the stable version has everything, or people have to be told why it has not. */
export async function emergency(
  state: RolloutState,
  around: World & Pick<Around, "pollSeconds">,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<EmergencyStep> {
  const began = Date.parse(around.now());
  while (true) {
    const step = await emergencyStep(state, around);
    const seconds = (Date.parse(around.now()) - began) / 1000;
    if (isOver(step) || seconds > state.plan.back_within_seconds) return step;
    await sleep(around.pollSeconds * 1000);
  }
}

/** Where our own mark stood, or our own number was higher, a mark of another rollout is of one that came after. */
async function isAnothers(state: RolloutState, mark: Mark | null, around: World): Promise<boolean> {
  const { plan, reached, open } = state;
  if (mark === null || mark.rollout === plan.rollout) return false;
  if (reached !== null || (open !== null && mark.fencing > open.fencing)) return true;
  return (await entriesOf(around)).some(
    ({ kind, mark: ours }) =>
      kind === "held" && ours.rollout === plan.rollout && ours.fencing <= mark.fencing,
  );
}

async function ask(state: RolloutState, observed: Observed, around: World): Promise<EmergencyStep> {
  const { plan, open } = state;
  const { mark: before } = observed;
  const ours = before !== null && (await isOurs(state, before, around));
  const known = Math.max(before?.fencing ?? 0, open?.fencing ?? 0);
  const fencing = ours ? known : known + 1;
  const number = ours ? before.number : nextNumber(state, observed);
  const mark = markFor(plan, { kind: "restore" }, fencing, number, observed);
  await note(around, "asked", mark);
  await around.target.apply(plan, { kind: "restore" }, mark);
  return { code: "asked", sentence: "The target was asked to go back without the ledger." };
}

/**
 * Asked for under these numbers by us; another's are never used, and without a journal each request takes new ones. The
 * ledger may have given the same numbers to somebody meanwhile, who means something else by them.
 */
async function isOurs(state: RolloutState, mark: Mark, around: World): Promise<boolean> {
  if (!isWayBack(state, mark)) return false;
  return (await entriesOf(around)).some((entry) => entry.kind === "asked" && sameNumbers(entry.mark, mark));
}

/** A journal that cannot be read tells nothing, and keeps nobody from going back. */
async function entriesOf({ journal }: World): Promise<JournalEntry[]> {
  try {
    return (await journal?.read()) ?? [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}

function isWayBack({ plan }: RolloutState, mark: Mark): boolean {
  return mark.rollout === plan.rollout && isBack(plan, mark);
}

function isOnItsWay(state: RolloutState, observed: Observed): boolean {
  const { settled, unfinished, mark } = observed;
  return !settled && unfinished !== true && mark !== null && isWayBack(state, mark);
}

/** A journal that cannot be written keeps nobody from going back: the mark on the target tells of it too. */
async function note({ stream, journal, now }: World, kind: JournalEntry["kind"], mark: Mark): Promise<void> {
  try {
    await journal?.write({ schema_version: 1, at: now(), stream, kind, mark });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
