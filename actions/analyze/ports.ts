import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addLines } from "../../adapters/files/add-lines.ts";
import { rolloutLines } from "../../adapters/files/rollouts.ts";
import { probe } from "../../adapters/telemetry/probe.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { printable } from "../io.ts";
import { stopOfProcess } from "../stopping.ts";
import type { Write } from "./documents.ts";
import type { AnalyzePorts } from "./run.ts";

type OfTheProcess = Pick<AnalyzePorts, "lines" | "addLines" | "now" | "sleep" | "stop" | "probe" | "write">;

/** What a comparison needs of the machine that it runs on, in a job as in a terminal. */
export function portsOfProcess(out: string): OfTheProcess & { close(): void } {
  const { stop, close } = stopOfProcess();
  return {
    lines: rolloutLines,
    addLines,
    now: Date.now,
    sleep: (milliseconds, signal) => sleepInParts(milliseconds, signal).catch(() => undefined),
    stop,
    probe: (probes, timeoutSeconds) => probe(probes, { timeoutSeconds }),
    write: writeBelow(out),
    close,
  };
}

/** A timer takes no more, and would be over at once: 24.8 days. */
const longestTimer = 2 ** 31 - 1;

async function sleepInParts(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  for (let left = milliseconds; left > 0; left -= longestTimer)
    await sleep(Math.min(left, longestTimer), undefined, { signal });
}

/** Each document is written whole or not at all: a run that is killed leaves the last whole one behind. */
function writeBelow(folder: string): Write {
  return async (name, text) => {
    const path = resolve(folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new UserError(
        "cannot-write",
        `${printable(path)} cannot be written: ${printable(said)}. Name a folder in \`out\` that can be written to.`,
        exitCodes.unavailable,
      );
    }
    return path;
  };
}
