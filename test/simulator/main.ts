import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { add, blocksOf, type Found, runBlock, type Tally } from "./block.ts";
import { simulate } from "./simulate.ts";
import { runBlocks } from "./workers.ts";

/** `npm run sim -- --from <seed> --seeds <n>`: whole rollouts through trouble, until one breaks a promise. */
const { values } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "2000" },
    cores: { type: "string", default: String(availableParallelism()) },
    trace: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
});
const [from, seeds, cores] = [Number(values.from), Number(values.seeds), Number(values.cores)];
// Errors are the everyday business of these worlds, and where they were made matters in a replay only.
if (!values.trace) Error.stackTraceLimit = 0;
const began = performance.now();
const sum: Tally = { seeds: 0, rollouts: 0, events: 0, ends: {}, found: [] };

if (values.trace) add(sum, await runBlock({ from, seeds }, values.all, true));
else
  await runBlocks(blocksOf(from, seeds), cores, values.all, (tally) => {
    const thousands = Math.floor(sum.seeds / 5000);
    add(sum, tally);
    if (Math.floor(sum.seeds / 5000) > thousands && sum.seeds < seeds) report();
    return values.all || tally.found.length === 0;
  });
const [first] = sum.found;
if (first !== undefined && !values.all) await tellOf(first);
else report();
if (values.all) for (const line of summary()) console.log(line);
if (first !== undefined) process.exitCode = 1;

/** The last lines before it, where they were not shown already. */
async function tellOf({ seed, invariant, sentence }: Found): Promise<void> {
  const lines: string[] = [];
  if (!values.trace) await simulate(seed, (line) => lines.push(line));
  console.log(lines.slice(-60).join("\n"));
  console.log(`\nSeed ${seed} breaks «${invariant}»: ${sentence}`);
  console.log(`Again, from the beginning: npm run sim -- --from ${seed} --seeds 1 --trace`);
}

function summary(): string[] {
  const groups = Map.groupBy(sum.found, ({ invariant }) => invariant);
  return [...groups].map(([invariant, found]) => {
    const examples = found.slice(0, 6).map(({ seed, sentence }) => `\n  ${seed}: ${sentence.slice(0, 200)}`);
    return `\n${found.length} × ${invariant}${examples.join("")}`;
  });
}

function report(): void {
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const processor = (user + system) / 1_000_000;
  const each = Object.entries(sum.ends).map(([end, count]) => `${count} ${end}`);
  console.log(
    `${sum.seeds} seeds, ${sum.rollouts} rollouts (${each.join(", ")}), ${sum.events} events in ${seconds.toFixed(1)} s: ` +
      `${Math.round(sum.rollouts / seconds)} rollouts/s on ${cores} ${cores === 1 ? "core" : "cores"}, ` +
      `${Math.round(sum.rollouts / processor)} for a second of one core`,
  );
}
