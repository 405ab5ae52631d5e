import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { recordsInFile } from "../../../adapters/models/table-file.ts";
import { changesCsv } from "../../../core/learning/changes-csv.ts";
import { datasetOfTable } from "../../../core/learning/dataset-of-table.ts";
import type { Dataset, Sample } from "../../../core/learning/sample.ts";
import { datasetOfSamples, failed, sample, well } from "../backtest/past.ts";

const folder = mkdtempSync(join(tmpdir(), "dataset-of-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function through(text: string, time: string, label: string): Promise<Dataset> {
  const path = join(folder, "table.csv");
  writeFileSync(path, text);
  return datasetOfTable(await recordsInFile(path), { time, label });
}

test("what learn writes is read back, change for change", async () => {
  const samples: Sample[] = [
    sample(1_600_000_000, { la: 3, ld: 1.5 }, failed(1_600_500_000), {
      title: 'Say "a, b"\nand c',
      services: ["shop", "pay"],
      critical: true,
    }),
    sample(1_600_000_100, { la: 7 }, well(1_600_700_000), { effort: 99, critical: false }),
    sample(1_600_000_200, { la: 0 }, { went: "unknown", because: "disputed" }),
    sample(
      1_600_000_300,
      { ld: 2 },
      { went: "failed", because: "rolled-back", by: "r1", knownAt: 1_600_000_400 },
    ),
  ];
  const { samples: read, columns } = await through(changesCsv(datasetOfSamples(samples)), "ts", "failed");
  expect(columns).toEqual(["la", "ld"]);
  expect(read).toEqual(samples);
});

test("of a plain table labels are known at once, a change costs its lines, and words are no facts", async () => {
  const { samples, columns } = await through("at,la,ld,who,bug\n200,5,2,ada,1\n100,3,,bob,\n", "at", "bug");
  expect(columns).toEqual(["la", "ld"]);
  expect(samples.map(({ at, effort, facts, label }) => ({ at, effort, facts, label }))).toEqual([
    { at: 100, effort: 3, facts: { la: 3 }, label: { went: "unknown", because: "not-judged" } },
    {
      at: 200,
      effort: 7,
      facts: { la: 5, ld: 2 },
      label: { went: "failed", because: "fixed", by: "", knownAt: 200 },
    },
  ]);
});

test("a table whose labels are known at a time that is none is no table of which all are known at once", async () => {
  await expect(through("ts,la,bug,known_ts\n200,5,1,soon\n", "ts", "bug")).rejects.toThrow(
    /known_ts says from when on a label could be known: seconds since 1970/,
  );
});
