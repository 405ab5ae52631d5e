import * as z from "zod";

const runtimeInformation = z.looseObject({
  data: z.looseObject({ storageRetention: z.string().optional() }),
});

const secondsOfUnit = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
  ["y", 31_536_000],
]);

/** "15d" of "15d or 10GiB"; undefined where the store is bounded by size alone, or does not say. */
export function retentionOf(text: string): number | undefined {
  const said = storageRetention(text) ?? "";
  const [, time = ""] = /^((?:\d+(?:ms|[smhdwy]))+)(?: or .*)?$/.exec(said) ?? [];
  let seconds = 0;
  for (const [, count, unit = ""] of time.matchAll(/(\d+)(ms|[smhdwy])/g))
    seconds += Number(count) * (secondsOfUnit.get(unit) ?? 0);
  return seconds > 0 ? seconds : undefined;
}

function storageRetention(text: string): string | undefined {
  try {
    return runtimeInformation.parse(JSON.parse(text)).data.storageRetention;
  } catch {
    return undefined;
  }
}
