import type { Told } from "./oracle.ts";
import { same, wanted } from "./target.ts";
import { Broken, releaseOf, type World } from "./world.ts";

/** What has to be true once all trouble has ended and nothing moves any more. */
export function atTheEnd(world: World): void {
  const { ledger, oracle } = world;
  const fault = ledger.fault();
  if (fault !== null) throw new Broken("the ledger verifies", fault);
  for (const told of oracle.rollouts.values()) {
    if (told.outcome === null) throw new Broken("everything ends", `${told.plan.rollout} is open.`);
    if (releaseOf(world, told.plan.candidate.id).badFrom === null) healthy(world, told);
    else failing(told);
    aborted(told);
  }
  const last = oracle.last();
  if (last !== undefined) stands(world, last);
}

function healthy(world: World, told: Told): void {
  if (told.outcome?.body.outcome === "completed") return;
  const { weather, oracle } = world;
  const troubled =
    weather.partial + weather.refusing + weather.slowMove + weather.unready > 0 ||
    weather.skewSeconds > 0 ||
    oracle.facts.meddled ||
    oracle.facts.emergencies ||
    oracle.facts.jumped;
  // A request that is held up for longer than the target may take counts as one that failed.
  const heldUp = weather.suspended > 0 && told.outcome?.body.reason_code === "effect-failed";
  const asked = told.commands.some(({ command }) => command === "abort");
  if (!troubled && !heldUp && !asked)
    throw new Broken("a healthy version is promoted", `It ended as ${told.outcome?.body.reason_code}.`);
}

function failing(told: Told): void {
  const insisted = told.promotes > 0;
  if (told.outcome?.body.outcome === "completed" && !insisted)
    throw new Broken("a version that fails is taken back", `${told.plan.candidate.id} was promoted.`);
}

/** The last word counts: a person who overruled the abort wanted it to go on. */
function aborted({ commands, outcome, notices, isSaid, plan, abortedThere }: Told): void {
  const abort = commands.findLastIndex(({ command }) => command === "abort");
  const overrule = commands.findLastIndex(({ command }) => command === "overrule");
  if ((abort === -1 && !abortedThere) || overrule > abort || outcome?.body.outcome === "rolled-back") return;
  if (!isSaid && !notices.some(({ notice }) => notice.kind === "page"))
    throw new Broken(
      "an abort ends at the old version",
      `${plan.candidate.id} is there, and nobody was told why.`,
    );
}

function stands(world: World, { plan, outcome, doubled }: Told): void {
  if (world.oracle.facts.meddled || world.oracle.facts.emergencies) return;
  // A late double that stopped half-way looks as if a person had set it so, whose word stands.
  if (doubled && !world.weather.fenced) return;
  const left = world.oracle.staleLeft(world.target.heading());
  if (left !== null)
    throw new Broken("stale writes are undone", `${JSON.stringify(left)} is there at the end.`);
  const meant = wanted(
    plan,
    outcome?.body.outcome === "completed" ? { kind: "promote" } : { kind: "restore" },
  );
  const { heading } = world.target;
  if (!same(heading(), meant))
    throw new Broken(
      "the target is as the ledger says",
      `${JSON.stringify(heading())} is not ${JSON.stringify(meant)}.`,
    );
}
