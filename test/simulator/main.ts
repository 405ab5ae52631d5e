import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

/** `npm run sim -- --from <seed> --seeds <n>`: whole rollouts through trouble, until one breaks a promise. */
const { values } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "2000" },
    trace: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
});
const [from, seeds] = [Number(values.from), Number(values.seeds)];
// Errors are the everyday business of these worlds, and where they were made matters in a replay only.
if (!values.trace) Error.stackTraceLimit = 0;
const began = performance.now();
let rollouts = 0;
let events = 0;
const found = new Map<string, string[]>();
const counts = new Map<string, number>();
const ends = new Map<string, number>();

for (let seed = from; seed < from + seeds; seed += 1) {
  const outcome = await simulate(seed, values.trace ? (line) => console.log(line) : null);
  rollouts += outcome.rollouts;
  events += outcome.events;
  for (const end of outcome.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
  if (outcome.broken !== null && values.all) {
    const { invariant, sentence } = outcome.broken;
    const known = found.get(invariant) ?? [];
    if (known.length < 6) known.push(`${seed}: ${sentence.slice(0, 200)}`);
    found.set(invariant, known);
    counts.set(invariant, (counts.get(invariant) ?? 0) + 1);
  } else if (outcome.broken !== null) {
    if (!values.trace) {
      const lines: string[] = [];
      await simulate(seed, (line) => lines.push(line));
      console.log(lines.slice(-60).join("\n"));
    }
    console.log(`\nSeed ${seed} breaks «${outcome.broken.invariant}»: ${outcome.broken.sentence}`);
    console.log(`Again, from the beginning: npm run sim -- --from ${seed} --seeds 1 --trace`);
    process.exit(1);
  }
  if ((seed - from + 1) % 5000 === 0) report(seed - from + 1);
}
report(seeds);
for (const [invariant, examples] of found)
  console.log(`\n${counts.get(invariant)} × ${invariant}\n  ${examples.join("\n  ")}`);
if (found.size > 0) process.exit(1);

function report(done: number): void {
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const processor = (user + system) / 1_000_000;
  const each = [...ends].map(([end, count]) => `${count} ${end}`).join(", ");
  console.log(
    `${done} seeds, ${rollouts} rollouts (${each}), ${events} events in ${seconds.toFixed(1)} s: ` +
      `${Math.round(rollouts / seconds)} rollouts/s, ${Math.round(rollouts / processor)} for a second of one core`,
  );
}
