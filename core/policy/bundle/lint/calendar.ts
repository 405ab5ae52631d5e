import type { Thresholds } from "../../schema.ts";
import type { Problem } from "../../yaml/problem.ts";
import type { BundleDocuments } from "../files.ts";

/** Freezes that are over, and hours that no threshold asks about. */
export function calendarWarnings(
  { calendar, thresholds }: BundleDocuments,
  now: Date | undefined,
): Problem[] {
  if (calendar?.value === undefined) return [];
  const { value, problemAt } = calendar;
  const all: Thresholds[] = thresholds?.value
    ? [thresholds.value.defaults, ...(thresholds.value.scopes ?? [])]
    : [];
  const asked = [
    { list: "change-windows", gate: "change-window" },
    { list: "peak-hours", gate: "peak" },
    { list: "freezes", gate: "freeze" },
  ] as const;
  const ignored = asked
    .filter(({ list, gate }) => value[list]?.length && !all.some((part) => part[gate] !== undefined))
    .map(({ list, gate }) =>
      problemAt(
        [list],
        `${list} hold nothing up: thresholds-and-windows.yaml has no "${gate}" that asks about them`,
      ),
    );
  return [...ignored, ...pastFreezes({ calendar }, now)];
}

const dayMilliseconds = 86_400_000;

function pastFreezes({ calendar }: BundleDocuments, now: Date | undefined): Problem[] {
  if (now === undefined || calendar?.value === undefined) return [];
  // A day's grace on top of the last day: then it is over in every time zone.
  const longAgo = new Date(now.getTime() - 2 * dayMilliseconds).toISOString().slice(0, 10);
  return (calendar.value.freezes ?? []).flatMap((freeze, index) =>
    freeze.to.slice(0, 10) < longAgo
      ? [
          calendar.problemAt(
            ["freezes", index, "to"],
            `the freeze "${freeze.name}" is over since ${freeze.to}; remove it or set the next`,
          ),
        ]
      : [],
  );
}
