import type { Measurements } from "../../core/analysis/measurements.ts";
import { kayenta, ours, ranks } from "./judges.ts";
import { rateOf, rateText, table } from "./rates.ts";
import { type Effect, noEffect, rolloutOf, steadyWorld, type World } from "./world.ts";

const pastRollouts = 100;
const rolloutsATruth = 250;

const worlds: World[] = [
  steadyWorld,
  { ...steadyWorld, name: "10/90 split", share: () => 0.1, requests: 6000 },
  { ...steadyWorld, name: "weights 10, 25, 50", share: stepped, requests: 3000 },
  { ...steadyWorld, name: "histogram buckets", latency: "histogram" },
  { ...steadyWorld, name: "six metrics that move together", metrics: 6 },
  { ...steadyWorld, name: "levels differ by day", level: 0.4 },
  { ...steadyWorld, name: "arms that differ more", armDrift: 0.25, lastingErrors: 0.08 },
  { ...steadyWorld, name: "low traffic, 200 a window", requests: 200 },
  { ...steadyWorld, name: "gaps, one window in seven", gaps: 0.15 },
  { ...steadyWorld, name: "outliers, one gauge in fifty", outliers: 0.02 },
];

function stepped(window: number): number {
  if (window < 10) return 0.1;
  return window < 20 ? 0.25 : 0.5;
}

/** Worlds of our own, whose truth is known because they were made so. */
export function ownWorlds(): void {
  const rows = worlds.flatMap((world) => {
    progress(world.name);
    return rowsOf(world, historyOf(world, noEffect, 0));
  });
  const contaminated = { ...steadyWorld, name: "a tenth of the history had an effect" };
  rows.push(...rowsOf(contaminated, historyOf(contaminated, { ...noEffect, errors: 2, latency: 1.2 }, 10)));
  rows.push(...laterRows());
  progress("");
  table(
    `Worlds of our own: ${pastRollouts} past rollouts, ${rolloutsATruth} a truth, 30 windows of 2 minutes`,
    ["world, judge", "false alarms", "errors doubled", "p95 +20 %"],
    rows,
  );
}

/** Every so-many-th rollout of the history has the effect; those that were noticed are marked as taken back. */
function historyOf(world: World, effect: Effect, every: number): Measurements[] {
  return Array.from({ length: pastRollouts }, (_, index) => {
    const effected = every > 0 && index % every === 0;
    const rollout = rolloutOf(world, index + 1, `past-${index}`, effected ? effect : noEffect);
    return effected && index % (2 * every) === 0 ? { ...rollout, outcome: "rolled-back" as const } : rollout;
  });
}

function rowsOf(world: World, history: readonly Measurements[]): string[][] {
  const of = (effect: Effect, seed: number) =>
    Array.from({ length: rolloutsATruth }, (_, index) => rolloutOf(world, seed + index, `${index}`, effect));
  const same = of(noEffect, 1_000_000);
  const errors = of({ ...noEffect, errors: 2 }, 2_000_000);
  const latency = of({ ...noEffect, latency: 1.2 }, 3_000_000);
  return [ours(history), kayenta, ranks].map((judge, index) => [
    index === 0 ? world.name : `  ${judge.name}`,
    rateText(rateOf(judge, same), false),
    rateText(rateOf(judge, errors), true),
    rateText(rateOf(judge, latency), true),
  ]);
}

/** Effects that come half an hour later, or grow. */
function laterRows(): string[][] {
  const history = historyOf(steadyWorld, noEffect, 0);
  const of = (effect: Effect, seed: number) =>
    Array.from({ length: rolloutsATruth }, (_, index) =>
      rolloutOf(steadyWorld, seed + index, `${index}`, effect),
    );
  const late = { ...noEffect, from: 15 };
  const ramp = { ...noEffect, ramp: 15 };
  return [
    ["from minute 30 on", late],
    ["growing over half an hour", ramp],
  ].flatMap(([name, effect]) =>
    typeof name !== "string" || typeof effect !== "object"
      ? []
      : [ours(history), kayenta].map((judge, index) => [
          index === 0 ? name : `  ${judge.name}`,
          "",
          rateText(rateOf(judge, of({ ...effect, errors: 3 }, 4_000_000)), true),
          rateText(rateOf(judge, of({ ...effect, latency: 1.4 }, 5_000_000)), true),
        ]),
  );
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
