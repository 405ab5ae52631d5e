import { exitCodes, UserError } from "../errors.ts";
import { leastOfEach } from "../model/teach.ts";
import type { Cases } from "./cases.ts";

/** What is tested, and when anew is learnt: each part is asked of what was learnt from all that was known at its beginning. */
export type Schedule = {
  /** Tested rows, those with a label, oldest first. */
  rows: number[];
  /** Of each part: when it begins, and its places among the tested rows. */
  parts: { moment: number; from: number; to: number }[];
};

export type Window = { from?: number | undefined; to?: number | undefined };

/** Where nobody says from when on to test: the newest two fifths of the changes or of the failures, whatever is more. */
const learntShare = 0.6;

export function scheduleOf(cases: Cases, learnings: number, window: Window): Schedule {
  const { times, labels } = cases;
  const until = window.to ?? Number.POSITIVE_INFINITY;
  const labelled = Array.from(labels.keys()).filter(
    (row) => !Number.isNaN(labels[row]) && (times[row] ?? 0) <= until,
  );
  const isFailure = (row: number): boolean => labels[row] === 1;
  const failures = labelled.filter(isFailure);
  checkBoth(labelled.length, failures.length, "known");
  const begins = [labelled, failures].map(
    (own) => times[own[Math.floor(learntShare * own.length)] ?? 0] ?? 0,
  );
  const wanted = window.from ?? Math.min(...begins);
  const start = labelled.findIndex((row) => {
    const moment = times[row] ?? 0;
    return moment >= wanted && isEnough(cases, moment);
  });
  const rows = start < 0 ? [] : labelled.slice(start);
  checkBoth(rows.length, rows.filter(isFailure).length, "tested");
  const size = Math.max(leastOfEach, Math.ceil(rows.length / learnings));
  const parts: Schedule["parts"] = [];
  for (let from = 0; from < rows.length; from += size)
    parts.push({ moment: times[rows[from] ?? 0] ?? 0, from, to: Math.min(rows.length, from + size) });
  return { rows, parts };
}

/** Whether enough of each kind was known at a moment to learn from. */
function isEnough({ times, labels, knownAt }: Cases, moment: number): boolean {
  let [failures, well] = [0, 0];
  for (let row = 0; row < times.length && (times[row] ?? 0) < moment; row += 1) {
    if (!((knownAt[row] ?? Number.NaN) <= moment)) continue;
    if (labels[row] === 1) failures += 1;
    else well += 1;
    if (failures >= leastOfEach && well >= leastOfEach) return true;
  }
  return false;
}

function checkBoth(all: number, failures: number, which: "known" | "tested"): void {
  if (failures >= leastOfEach && all - failures >= leastOfEach) return;
  const of =
    which === "known"
      ? `Of ${all} changes of which it is known how they went ${failures} failed`
      : `Of the ${all} changes that are left to test, once enough is known to learn from, ${failures} failed`;
  throw new UserError(
    "nothing-to-prove",
    `backtest: ${of}. At least ${leastOfEach} of each kind are needed, both to learn from and to test with: give more history, or another --from or --to.`,
    exitCodes.badInput,
  );
}
