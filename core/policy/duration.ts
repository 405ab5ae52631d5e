import { UserError } from "../errors.ts";

const secondsOfUnit = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
]);
const millisecondsOfUnit = new Map([["ms", 1], ...[...secondsOfUnit].map(scaled)]);

/** Ten years: longer is a slip of the keyboard, and a bound keeps every sum exact. */
const longestSeconds = 10 * 366 * 86_400;
const longestTextLength = 60;

export const durationAdvice = "a duration is a number and s, m, h or d, for example 90s, 5m or 1h30m";

/** "90s", "5m", "1h30m" in seconds; undefined where the text is no duration or is longer than ten years. */
export function parseDuration(text: string): number | undefined {
  if (text.length > longestTextLength || !/^(\d{1,12}[smhd])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d{1,12})([smhd])/g)) {
    seconds += Number(number) * (secondsOfUnit.get(unit ?? "") ?? Number.NaN);
  }
  return seconds <= longestSeconds ? seconds : undefined;
}

/** As parseDuration, for text that a schema has let through already: what is left over is the user's to mend. */
export function durationSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  const shown = JSON.stringify(text.slice(0, longestTextLength));
  throw new UserError("bad-duration", `${shown} is not a duration of at most ten years: ${durationAdvice}.`);
}

/** The shortest text that parses to the same seconds: 90 is "90s", 5400 is "90m", 93784 is "93784s". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  let left = whole;
  let compound = "";
  let shortest = `${whole}s`;
  for (const [unit, size] of [...secondsOfUnit].reverse()) {
    const count = Math.floor(left / size);
    if (count > 0) compound += `${count}${unit}`;
    left -= count * size;
    const single = `${whole / size}${unit}`;
    if (whole % size === 0 && single.length < shortest.length) shortest = single;
  }
  return compound !== "" && compound.length <= shortest.length ? compound : shortest;
}

/** As in guardrails, where latencies are compared: "300ms", "3.0s", "1h30m" in milliseconds. */
export function parseMilliseconds(text: string): number | undefined {
  if (text.length > longestTextLength || !/^(\d{1,12}(\.\d{1,3})?(ms|[smhd]))+$/.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d{1,12}(?:\.\d{1,3})?)(ms|[smhd])/g)) {
    milliseconds += Number(number) * (millisecondsOfUnit.get(unit ?? "") ?? Number.NaN);
  }
  const exact = Math.round(milliseconds * 1000) / 1000;
  return exact <= longestSeconds * 1000 ? exact : undefined;
}

/** The shortest text for milliseconds: 3000 is "3s", 1500 is "1500ms". */
export function formatMilliseconds(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? formatDuration(milliseconds / 1000) : `${milliseconds}ms`;
}

function scaled([unit, seconds]: [string, number]): [string, number] {
  return [unit, seconds * 1000];
}
