import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { Probe, ProbeResult } from "../../adapters/telemetry/probe.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { type Line, rolloutOf } from "../../core/analysis/rollouts-of.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import type { ExitCode } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import type { Telemetry } from "../../core/ports.ts";
import { exitCodeOfVerdict, type Write, writeVerdict } from "./documents.ts";
import { addToHistory, historyOf, ofOthers } from "./history.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { analyzeLive } from "./live.ts";
import { replay } from "./replay.ts";

export type AnalyzePorts = {
  resolved: ResolvedPolicy;
  /** Opened once the number of requests is known. Throws where nothing says where the telemetry is. */
  telemetry(requests: number): Telemetry;
  /** Lines of a file of rollouts that an input names; `-` is standard input. */
  lines(path: string): AsyncIterable<Line>;
  /** Adds lines to a file, made where it is not there, and answers with its path once they are on the disk. */
  addLines(path: string, lines: readonly string[]): Promise<string>;
  /** Milliseconds of Unix time. */
  now(): number;
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** Aborted when the process is told to stop. */
  stop: AbortSignal;
  probe(probes: readonly Probe[], timeoutSeconds: number): Promise<ProbeResult[]>;
  /** How it goes, a line a window. */
  progress(line: string): void;
  write: Write;
  summary(markdown: string): Promise<void>;
};

export type AnalyzeResult = { verdict: Verdict; outputs: Record<string, string>; exitCode: ExitCode };

/** `analyze`: of a recording, or live, asking telemetry window by window. */
export async function runAnalyze(inputs: AnalyzeInputs, ports: AnalyzePorts): Promise<AnalyzeResult> {
  const read = async (path: string | undefined): Promise<Measurements | undefined> =>
    path === undefined ? undefined : rolloutOf(ports.lines(path), path === "-" ? "standard input" : path);
  const { rollouts, warnings } = await historyOf(inputs, ports);
  for (const warning of warnings) ports.progress(warning);
  const recorded = await read(inputs.measurements);
  if (recorded !== undefined)
    return concluded(inputs, ports, rollouts, replay(inputs, ports.resolved, recorded, rollouts));
  const before = await read(inputs.resume);
  const conclude = (verdict: Verdict, measured: Measurements): Promise<AnalyzeResult> =>
    concluded(inputs, ports, rollouts, { verdict, measured });
  return analyzeLive(
    inputs,
    ports,
    { history: ofOthers(rollouts, before), ...optional("before", before) },
    conclude,
  );
}

async function concluded(
  inputs: AnalyzeInputs,
  ports: AnalyzePorts,
  past: readonly Measurements[],
  { verdict, measured }: { verdict: Verdict; measured: Measurements },
): Promise<AnalyzeResult> {
  const over = { ...measured, ...ended(verdict) };
  const measurements = await writeMeasurements(ports.write, over);
  const documents = { ...(await writeVerdict(verdict, ports)), measurements };
  const outputs = { ...documents, ...(await addToHistory(inputs, ports, past, over)) };
  return { verdict, outputs, exitCode: exitCodeOfVerdict(verdict.verdict, inputs.failOn) };
}

/** How a comparison of ours ended, for those who learn from it; of a recording its own word counts. */
function ended({ verdict, baseline }: Verdict): Pick<Measurements, "outcome"> {
  if (baseline.kind === "given") return {};
  const outcomes = {
    promote: "completed",
    rollback: "rolled-back",
    hold: "cut-short",
    slow: "cut-short",
  } as const;
  return { outcome: outcomes[verdict] };
}

/** One line, as history files have them. */
export function writeMeasurements(write: Write, measured: Measurements): Promise<string> {
  return write("measurements.json", `${JSON.stringify(measured)}\n`);
}
