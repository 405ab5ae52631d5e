import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyzeDeclaration } from "../../../actions/analyze/declaration.ts";
import { analyzeInputs } from "../../../actions/analyze/inputs.ts";
import { type AnalyzePorts, runAnalyze } from "../../../actions/analyze/run.ts";
import { readInput } from "../../../actions/io.ts";
import { folderBundle } from "../../../adapters/policy/folder.ts";
import { fileTelemetry } from "../../../adapters/telemetry/file.ts";
import type { ProbeResult } from "../../../adapters/telemetry/probe.ts";
import type { Line } from "../../../core/analysis/rollouts-of.ts";
import type { Telemetry, TelemetryQuestion } from "../../../core/ports.ts";

/** `analyze` with the telemetry of a file, under a clock that goes forward when somebody sleeps. */

export const startSeconds = 1_700_000_040;
export const windowSeconds = 60;

/** The end of a window, from 0; negative ones are before the first. */
export const endOf = (window: number): number => startSeconds + (window + 1) * windowSeconds;

export type Recorded = {
  /** Events of a window and how many are bad, of each arm; undefined: nothing was stored. */
  stable(window: number): [total: number, bad: number] | undefined;
  candidate(window: number): [total: number, bad: number] | undefined;
  /** Windows that the file holds, before the first one and from it on. */
  before?: number;
  windows?: number;
  retentionSeconds?: number;
  /** Labels of the arms in the queries. */
  arms?: string;
  /** Labels of the series, where the metric says that it needs the label code. */
  labels?: string[];
};

const analysis = (more: string): string => `schema-version: 1
defaults:
  mode: advisory
  analysis: { window: 60s, healthy-windows: 12, longest: 20m${more} }
`;
const services = (arms: string, needs: string): string => `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    telemetry:
      ${arms}
      metrics:
        errors: { kind: ratio, critical: true, supplies: [canary.error_rate]${needs}, total: 'sum(total{$arm})', bad: 'sum(bad{$arm})' }
`;

function answersOf({ stable, candidate, before = 20, windows = 40 }: Recorded, same: boolean): unknown[] {
  const answer = (query: string, of: (window: number) => number | undefined) => {
    const points: [number, number][] = [];
    for (let window = -before; window < windows; window++) {
      const value = of(window);
      if (value !== undefined) points.push([endOf(window), value]);
    }
    return { form: "value", query, points };
  };
  const arm = (labels: string, of: Recorded["stable"]) => [
    answer(`sum(total{${labels}})`, (window) => of(window)?.[0]),
    answer(`sum(bad{${labels}})`, (window) => of(window)?.[1]),
  ];
  if (same) return arm("", candidate);
  const whole = (window: number): [number, number] => {
    const [[total, bad], [more, worse]] = [stable(window) ?? [0, 0], candidate(window) ?? [0, 0]];
    return [total + more, bad + worse];
  };
  return [...arm('version="1"', stable), ...arm('version="2"', candidate), ...arm('version=~".*"', whole)];
}

export type Setting = {
  recorded: Recorded;
  inputs?: Record<string, string>;
  /** Keys of `analysis:` beside the usual ones, for example `, low-traffic: bake`. */
  policy?: string;
  guardrails?: string;
  /** Stands between the run and the file. */
  through?(telemetry: Telemetry, clock: Clock): Telemetry;
  stopAfterWindow?: number;
  files?: Record<string, string>;
  /** Hears what is added to a file, and may refuse it. */
  adding?(lines: readonly string[]): void;
  probe?: AnalyzePorts["probe"];
};
export type Clock = { seconds(): number };

export const healthy = (): ProbeResult => ({
  name: "p",
  url: "http://p",
  ok: true,
  milliseconds: 1,
  sentence: "p is ready.",
});

export async function* linesIn(files: ReadonlyMap<string, string>, path: string): AsyncGenerator<Line> {
  const text = files.get(path);
  if (text === undefined) throw new Error(`no ${path}`);
  for (const [index, line] of text.split("\n").entries())
    if (line.trim()) yield { text: line, where: `${path}:${index + 1}` };
}

/** Runs it to its end, and remembers every question, line and document. */
export async function compared(setting: Setting) {
  const folder = mkdtempSync(join(tmpdir(), "comparison-"));
  const { recorded, inputs = {}, stopAfterWindow } = setting;
  const same = recorded.arms !== undefined;
  const recording = {
    schema_version: 1,
    ...(recorded.retentionSeconds ? { retention_seconds: recorded.retentionSeconds } : {}),
    labels: (recorded.labels ?? []).map((label) => ({
      label,
      selector: 'total{version="2"}',
      values: ["x"],
    })),
    answers: answersOf(recorded, same),
  };
  writeFileSync(join(folder, "answers.json"), JSON.stringify(recording));
  const policy = folderBundle(
    new Map([
      ["thresholds-and-windows.yaml", analysis(setting.policy ?? ", low-traffic: bake")],
      [
        "services.yaml",
        services(
          recorded.arms ?? "arms: { both: { version: $version } }",
          recorded.labels === undefined ? "" : ", needs-label: { label: code, of: 'total{$arm}' }",
        ),
      ],
      ["guardrails.rules", setting.guardrails ?? ""],
    ]),
    { name: "test", commit: "local" },
  );
  let now = startSeconds;
  const clock: Clock = { seconds: () => now };
  const stopping = new AbortController();
  const questions: TelemetryQuestion[] = [];
  const progress: string[] = [];
  const documents = new Map<string, string>();
  const files = new Map(Object.entries(setting.files ?? {}));
  const file = fileTelemetry({ path: join(folder, "answers.json") });
  const asking: Telemetry = {
    ...file,
    read: (question) => {
      questions.push(question);
      return file.read(question);
    },
  };
  const telemetry = setting.through?.(asking, clock) ?? asking;
  const words: Record<string, string> = {
    service: "shop",
    stable: "1",
    candidate: "2",
    weight: "50",
    ...inputs,
  };
  const ports: AnalyzePorts = {
    resolved: { policy, configuration: { "schema-version": 1 } },
    telemetry: () => telemetry,
    lines: (path) => linesIn(files, path),
    addLines: async (path, lines) => {
      setting.adding?.(lines);
      files.set(path, `${files.get(path) ?? ""}${lines.map((line) => `${line}\n`).join("")}`);
      return `/full/${path}`;
    },
    now: () => now * 1000,
    sleep: async (milliseconds) => {
      now += milliseconds / 1000;
      if (stopAfterWindow !== undefined && now > endOf(stopAfterWindow - 1) + windowSeconds) stopping.abort();
    },
    stop: stopping.signal,
    probe: setting.probe ?? (async (probes) => probes.map(healthy)),
    progress: (line) => void progress.push(line),
    write: async (name, text) => {
      documents.set(name, text);
      return `/out/${name}`;
    },
    summary: async (markdown) => void documents.set("summary", markdown),
  };
  try {
    const result = await runAnalyze(
      analyzeInputs((name) => readInput(analyzeDeclaration, name, words[name])),
      ports,
    );
    return { ...result, error: undefined, questions, progress, documents, files };
  } catch (error) {
    return {
      verdict: undefined,
      outputs: {},
      exitCode: undefined,
      error,
      questions,
      progress,
      documents,
      files,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
