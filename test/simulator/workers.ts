import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as z from "zod";
import { type Block, runBlock, type Tally } from "./block.ts";

/** Blocks of seeds over all cores. A seed knows nothing of its core, and blocks are told in the order of their seeds. */

const block = z.object({ from: z.number(), seeds: z.number() });
const tally = z.object({
  seeds: z.number(),
  rollouts: z.number(),
  events: z.number(),
  ends: z.record(z.string(), z.number()),
  found: z.array(z.object({ seed: z.number(), invariant: z.string(), sentence: z.string() })),
});

// Little of a world outlives it, and nothing of it the next: a large nursery is hardly ever swept.
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** `each` is told of one block after another, and says whether to go on. */
export async function runBlocks(
  blocks: readonly Block[],
  cores: number,
  all: boolean,
  each: (tally: Tally) => boolean,
): Promise<void> {
  const done = new Map<number, Tally>();
  let [begun, told, stopped] = [0, 0, false];
  const tell = (): void => {
    for (let next = done.get(told); next !== undefined && !stopped; next = done.get(told)) {
      done.delete(told);
      told += 1;
      stopped = !each(next);
    }
  };
  const work = async (run: (block: Block) => Promise<Tally>): Promise<void> => {
    while (!stopped) {
      const index = begun;
      const next = blocks[index];
      if (next === undefined) return;
      begun += 1;
      done.set(index, await run(next));
      tell();
    }
  };
  if (cores === 1) return work((one) => runBlock(one, all));
  const workers = Array.from(
    { length: Math.min(cores, blocks.length) },
    () => new Worker(new URL(import.meta.url), { workerData: { all }, resourceLimits }),
  );
  const asking = (worker: Worker) => async (one: Block) => {
    worker.postMessage(one);
    const [answer] = await once(worker, "message");
    return tally.parse(answer);
  };
  try {
    await Promise.all(workers.map((worker) => work(asking(worker))));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

if (!isMainThread) {
  const { all } = z.object({ all: z.boolean() }).parse(workerData);
  Error.stackTraceLimit = 0;
  parentPort?.on("message", async (message) => {
    parentPort?.postMessage(await runBlock(block.parse(message), all));
  });
}
