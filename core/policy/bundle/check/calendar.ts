import { zoneProblem } from "../../calendar.ts";
import type { Problem } from "../../yaml/problem.ts";
import { quoted } from "../../yaml/quoted.ts";
import type { BundleDocuments } from "../files.ts";

/** What no shape can say of calendar.yaml: time zones and days exist, and spans have a length. */
export function calendarProblems({ calendar }: BundleDocuments): Problem[] {
  if (calendar?.value === undefined) return [];
  const { value, problemAt } = calendar;
  const problems: Problem[] = [];
  const zone = (name: string | undefined, path: PropertyKey[]): void => {
    const fault = name === undefined ? undefined : zoneProblem(name);
    if (fault !== undefined) problems.push(problemAt([...path, "time-zone"], `time-zone: ${fault}`));
  };

  zone(value["time-zone"], []);
  for (const list of ["change-windows", "peak-hours"] as const) {
    for (const [index, weekly] of (value[list] ?? []).entries()) {
      zone(weekly["time-zone"], [list, index]);
      if (weekly.from === weekly.to) {
        const message = 'to: the same as from; a whole day is from "00:00" to "24:00"';
        problems.push(problemAt([list, index, "to"], message));
      } else if (weekly.from === "24:00") {
        problems.push(
          problemAt([list, index, "from"], 'from: "24:00" ends a day; begin at "00:00" of the next'),
        );
      }
    }
  }
  for (const [index, freeze] of (value.freezes ?? []).entries()) {
    zone(freeze["time-zone"], ["freezes", index]);
    const missing = (["from", "to"] as const).filter((key) => !isMoment(freeze[key]));
    for (const key of missing) {
      problems.push(
        problemAt(["freezes", index, key], `${key}: ${quoted(freeze[key])} is not a day of the calendar`),
      );
    }
    // A day without a time is its beginning as `from` and its end as `to`, so one day may freeze itself.
    if (missing.length === 0 && `${freeze.to}T24:00`.slice(0, 16) <= `${freeze.from}T00:00`.slice(0, 16)) {
      problems.push(
        problemAt(["freezes", index, "to"], `to: ${freeze.to} is not after from: ${freeze.from}`),
      );
    }
  }
  return problems;
}

function isMoment(text: string): boolean {
  const [day = "", time] = text.split("T");
  const parsed = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day) return false;
  return time === undefined || /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
}
