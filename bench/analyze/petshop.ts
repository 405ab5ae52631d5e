import { existsSync, readFileSync } from "node:fs";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { given } from "./given.ts";
import { type Judge, kayenta, ours, ranks } from "./judges.ts";
import { table } from "./rates.ts";

/**
 * A real shop of micro-services, sampled every five minutes. Where nothing was wrong, two hours are compared with the
 * two before them, as a baseline of another time has to be; where a fault was injected, what came after with what was
 * before. Noise is learnt from the first half of the days without a fault.
 */
const windows = 24;
const windowSeconds = 300;
const sampleSeconds = 300;

export function petshop(): void {
  const calm = `${given}/metrics/petshop_noissue_core.csv`;
  if (!existsSync(calm)) {
    console.log("Skipped PetShop: no ../shared/data/metrics beside this checkout.");
    return;
  }
  const series = calmSeries(calm);
  const judges = (history: Measurements[]): Judge[] => [ours(history), kayenta, ranks];
  const alarms = new Map<string, { alarms: number; of: number }>();
  for (const values of series.values()) {
    const blocks = blocksOf(values);
    const half = Math.floor(blocks.length / 2);
    for (const judge of judges(blocks.slice(0, half))) {
      const counted = alarms.get(judge.name) ?? { alarms: 0, of: 0 };
      for (const block of blocks.slice(half)) {
        counted.of += 1;
        if (judge.alarm(block) !== undefined) counted.alarms += 1;
      }
      alarms.set(judge.name, counted);
    }
  }
  const issues = latencyIssues();
  const calmOf = (traffic: string): number[] => series.get(`${traffic}|PetSite|latency|Average`) ?? [];
  const found = new Map<string, number>();
  for (const { traffic, before, after } of issues) {
    const calm = calmOf(traffic).length > 0 ? [traffic] : ["high_traffic", "low_traffic"];
    const history = calm.flatMap((one) => briefBlocks(calmOf(one), after.length));
    for (const judge of judges(history))
      if (judge.alarm(rolloutOf(traffic, repeated(before, after.length), after)) !== undefined)
        found.set(judge.name, (found.get(judge.name) ?? 0) + 1);
  }
  table(
    "PetShop: two hours against the two before, each metric alone; and 36 injected latency faults",
    ["judge", "alarms with no issue", "latency faults found"],
    [...alarms].map(([name, counted]) => [
      name,
      `${((100 * counted.alarms) / counted.of).toFixed(1)} % of ${counted.of}`,
      `${found.get(name) ?? 0} of ${issues.length}`,
    ]),
  );
}

/** Values of each metric in order, by traffic and metric; constant ones tell nothing. */
function calmSeries(path: string): Map<string, number[]> {
  const [head = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const names = head.split(",").slice(2);
  const series = new Map<string, number[]>();
  for (const line of lines) {
    const [, traffic = "", ...values] = line.split(",");
    for (const [index, value] of values.entries()) {
      const name = `${traffic}|${names[index] ?? ""}`;
      const known = series.get(name) ?? [];
      known.push(Number(value));
      series.set(name, known);
    }
  }
  for (const [name, values] of series) if (new Set(values).size < 10) series.delete(name);
  return series;
}

function rolloutOf(id: string, baseline: (number | null)[], candidate: (number | null)[]): Measurements {
  return {
    id,
    window_seconds: windowSeconds,
    metrics: { value: { kind: "gauge", worse: "higher", baseline, candidate } },
  };
}

function blocksOf(values: readonly number[]): Measurements[] {
  const blocks: Measurements[] = [];
  for (let from = 0; from + 2 * windows <= values.length; from += windows)
    blocks.push(
      rolloutOf(
        `${from}`,
        values.slice(from, from + windows),
        values.slice(from + windows, from + 2 * windows),
      ),
    );
  return blocks;
}

const repeated = (value: number, times: number): number[] => new Array<number>(times).fill(value);

/** As the faults are recorded: one value before, for want of more, and the few after it. */
function briefBlocks(values: readonly number[], after: number): Measurements[] {
  const blocks: Measurements[] = [];
  for (let at = 0; at + after < values.length; at += after + 1)
    blocks.push(rolloutOf(`${at}`, repeated(values[at] ?? 0, after), values.slice(at + 1, at + 1 + after)));
  return blocks;
}

type Row = {
  traffic: string;
  split: string;
  issue: string;
  at: number;
  service: string;
  metric: string;
  stat: string;
  value: number;
};

type Issue = { traffic: string; before: number; after: number[] };

function latencyIssues(): Issue[] {
  const rows = readFileSync(`${given}/metrics/petshop_issues_long.csv`, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line): Row => {
      const [
        traffic = "",
        split = "",
        issue = "",
        at = "",
        service = "",
        metric = "",
        stat = "",
        value = "",
      ] = line.split(",");
      return { traffic, split, issue, at: Number(at), service, metric, stat, value: Number(value) };
    });
  const targets = readFileSync(`${given}/metrics/petshop_targets.csv`, "utf8").trim().split("\n").slice(1);
  return targets.flatMap((line) => {
    const [traffic, split, issue, node, metric, stat, at] = line.split(",");
    if (metric !== "latency") return [];
    const values = rows
      .filter(
        (row) =>
          row.traffic === traffic &&
          row.split === split &&
          row.issue === issue &&
          row.service === node &&
          row.metric === metric &&
          row.stat === stat,
      )
      .sort((left, right) => left.at - right.at);
    // A sample stands for the five minutes behind it.
    const injected = Number(at) - sampleSeconds / 2;
    const before = values.findLast((row) => row.at < injected)?.value ?? values[0]?.value ?? 0;
    const after = values.filter((row) => row.at >= injected).map(({ value }) => value);
    return [{ traffic: traffic ?? "", before, after }];
  });
}
