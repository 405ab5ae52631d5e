import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { exitCodes, UserError } from "../core/errors.ts";
import { type Judged, judgeEditedPolicy, type ToJudge } from "./judge-edited-policy.ts";

const longestMs = 10_000;
const mostMegabytes = 256;

/**
 * Judges in a thread of its own, with an end: whoever can open a pull request writes this text, and whatever it makes
 * of time and memory, webhooks and gates are answered meanwhile.
 */
export async function judgeApart(given: ToJudge): Promise<Judged> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: given,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  const timeout = AbortSignal.timeout(longestMs);
  try {
    const [judged]: Judged[] = await once(worker, "message", { signal: timeout });
    if (judged !== undefined) return judged;
  } catch (error) {
    if (!timeout.aborted && !isOutOfMemory(error)) throw error;
  } finally {
    await worker.terminate();
  }
  throw new UserError(
    "policy-too-slow",
    `The edited policy takes more than ${longestMs / 1000} seconds or ${mostMegabytes} MB to check. Run \`adaptive-deploy policy check\` on it, and make it smaller.`,
    exitCodes.badInput,
  );
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

if (!isMainThread && parentPort) {
  const given: ToJudge = workerData;
  parentPort.postMessage(await judgeEditedPolicy(given));
}
