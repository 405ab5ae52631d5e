import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { Probe, ProbeResult } from "../../adapters/telemetry/probe.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { rolloutOf, rolloutsOf } from "../../core/analysis/rollouts-of.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { Telemetry } from "../../core/ports.ts";
import { exitCodeOfVerdict, type Write, writeVerdict } from "./documents.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { analyzeLive } from "./live.ts";
import { replay } from "./replay.ts";

export type AnalyzePorts = {
  resolved: ResolvedPolicy;
  /** Opened once the number of requests is known. Throws where nothing says where the telemetry is. */
  telemetry(requests: number): Telemetry;
  /** Text of a file that an input names; `-` is standard input. */
  readText(path: string): Promise<string>;
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
  const read = async <Found>(path: string | undefined, of: (text: string, where: string) => Found) =>
    path === undefined ? undefined : of(await ports.readText(path), path === "-" ? "standard input" : path);
  const history = (await read(inputs.history, rolloutsOf)) ?? [];
  const recorded = await read(inputs.measurements, rolloutOf);
  if (recorded !== undefined)
    return concluded(inputs, ports, replay(inputs, ports.resolved, recorded, history));
  const before = await read(inputs.resume, rolloutOf);
  const conclude = (verdict: Verdict, measured: Measurements): Promise<AnalyzeResult> =>
    concluded(inputs, ports, { verdict, measured });
  return analyzeLive(inputs, ports, { history, ...(before ? { before } : {}) }, conclude);
}

async function concluded(
  { failOn }: AnalyzeInputs,
  ports: AnalyzePorts,
  { verdict, measured }: { verdict: Verdict; measured: Measurements },
): Promise<AnalyzeResult> {
  const measurements = await writeMeasurements(ports.write, { ...measured, ...ended(verdict) });
  const outputs = { ...(await writeVerdict(verdict, ports)), measurements };
  return { verdict, outputs, exitCode: exitCodeOfVerdict(verdict.verdict, failOn) };
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
