import type { LedgerEvent } from "../../core/evidence/event.ts";
import type { Notice } from "../../core/rollout/effect.ts";
import { nowOf, type Process } from "./calls.ts";
import type { Told } from "./oracle.ts";
import { Broken, type World } from "./world.ts";

/** What has to be true of an environment of several services, counted from what was written and not from what was folded. */

const code = "environment-stopped";

type Ended = Told & { outcome: NonNullable<Told["outcome"]> };

/** Automatic rollbacks that nobody could call old, or (with a negative slack) those that somebody could call young. */
function takenBack(world: World, seconds: number, slackMs: number): { world: World; told: Ended }[] {
  const since = world.time.now() - seconds * 1000 + slackMs;
  return world.all.flatMap((one) =>
    [...one.oracle.rollouts.values()].flatMap((told) => {
      const { outcome } = told;
      if (outcome === null || outcome.writtenAt <= since) return [];
      const { body } = outcome;
      return body.outcome === "rolled-back" && body.automatic
        ? [{ world: one, told: { ...told, outcome } }]
        : [];
    }),
  );
}

function slackOf({ weather }: World): number {
  return 2 * weather.skewSeconds * 1000 + 60_000;
}

function isJumped({ all }: World): boolean {
  return all.some(({ oracle }) => oracle.facts.jumped);
}

/** Whoever opens a rollout has read of fewer rollbacks than stop the environment. */
export function isStopped(world: World, process: Process): boolean {
  if (isJumped(world)) return false;
  const { rollbacks, withinSeconds } = world.rules.environment;
  const known = takenBack(world, withinSeconds, slackOf(world)).filter(
    ({ world: one, told }) => !told.overruled && told.outcome.sequence <= one.oracle.readTo(process),
  );
  return known.length >= rollbacks;
}

/** People hear of a stop: of one that there is, and of none that stands in the ledger as told. */
export function hears(world: World, process: Process, rollout: string, notice: Notice): void {
  if (notice.code !== code) return;
  // Whoever tells people goes on whatever becomes of it, and would go on over this as well.
  const fail = (sentence: string): void =>
    world.oracle.fail(new Broken("an environment pages once", `${process.name} ${sentence}`));
  const { rollbacks, withinSeconds } = world.rules.environment;
  const young = Date.parse(nowOf(world, process)) - withinSeconds * 1000;
  for (const { oracle } of world.all)
    if (oracle.readBy(process).some((event) => isPage(event) && Date.parse(event.at) > young))
      fail("had read that people know.");
  if (!isJumped(world) && takenBack(world, withinSeconds, -slackOf(world) - heldMs).length < rollbacks)
    fail("pages, and nothing has stopped.");
  world.pages.set(rollout, world.time.now());
}

/** Whoever came upon the stop has told people, or found them told, or says loudly that it could not. */
export function heardOfStop(world: World, said: string, at: number): void {
  const { rollbacks, withinSeconds } = world.rules.environment;
  const known = takenBack(world, withinSeconds, slackOf(world)).filter(
    ({ told }) => !told.overruled && told.outcome.at <= at,
  );
  if (isJumped(world) || known.length < rollbacks || said.includes("Nobody could be told")) return;
  const since = world.time.now() - withinSeconds * 1000 - slackOf(world) - heldMs;
  if ([...world.pages.values()].some((one) => one > since)) return;
  throw new Broken(
    "an environment that stops is paged",
    `${known.length} were taken back, and nobody knows.`,
  );
}

/** The longest that a machine stands still between a look at the clock and what follows on it, twice. */
const heldMs = 2_000_000;

function isPage({ kind, body }: LedgerEvent): boolean {
  return kind === "notice" && JSON.stringify(body).includes(code);
}
