import { xml } from "../../escape.ts";
import { type Frame, tenth } from "./frame.ts";

/** What stands in a frame: bands, lines, dots and the labels beside them. */

/** Runs of neighbours that have the same answer; `undefined` is no run. */
export function runsOf<Key extends string | number>(
  keys: readonly (Key | undefined)[],
): { key: Key; from: number; to: number }[] {
  const runs: { key: Key; from: number; to: number }[] = [];
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue;
    const last = runs.at(-1);
    if (last && last.key === key && last.to === index - 1) last.to = index;
    else runs.push({ key, from: index, to: index });
  }
  return runs;
}

/** Windows that did not count, as bands behind the lines; very narrow ones without data are a mark on the axis. */
export function leftOutBands({ windows, x, top, bottom, half }: Frame): string[] {
  return runsOf(windows.map((window) => window.left_out)).map(({ key, from, to }) => {
    const width = (to - from + 1) * half * 2;
    const isMark = key !== "warm-up" && width < 8;
    const [first, last] = [windows[from]?.window ?? 0, windows[to]?.window ?? 0];
    const what = `${key === "missing" ? "no data" : key}: ${first === last ? `window ${first}` : `windows ${first} to ${last}`}`;
    const kind = isMark ? "mark" : key === "warm-up" ? "warm" : "gone";
    return `<rect class="av-${kind}" x="${tenth(x(from) - half)}" y="${isMark ? bottom - 5 : top}" width="${tenth(width)}" height="${isMark ? 5 : bottom - top}"><title>${xml(what)}</title></rect>`;
  });
}

/** A line through neighbours that are known, with dots where there is room for them or no neighbour. */
export function drawnLine(frame: Frame, values: readonly (number | null)[], kind: string): string[] {
  const known = values.map((value) => (value === null ? undefined : "known"));
  return runsOf(known).flatMap(({ from, to }) => {
    const points = values
      .slice(from, to + 1)
      .map((value, offset) => [frame.x(from + offset), frame.y(value ?? 0)]);
    const path = points.map(([x, y]) => `${x},${y}`).join(" ");
    const line = from < to ? [`<polyline class="av-line av-${kind}" points="${path}"/>`] : [];
    const withDots = from === to || frame.half >= 5;
    const dots = points.map(([x, y], offset) => {
      const isOut = frame.windows[from + offset]?.left_out !== undefined;
      return `<circle class="av-${isOut ? "hollow" : "dot"} av-${kind}" cx="${x}" cy="${y}" r="${frame.half >= 5 ? 3 : 2}"/>`;
    });
    return withDots ? [...line, ...dots] : line;
  });
}

/** Places in rising order, each as near to its own as the one before it lets it, and all within the room if they fit. */
export function movedApart(
  wanted: readonly number[],
  { from, to, apart }: { from: number; to: number; apart: number },
): number[] {
  const places: number[] = [];
  for (const [index, place] of wanted.entries())
    places.push(Math.max(place, index === 0 ? from : (places[index - 1] ?? 0) + apart));
  const isOver = (places.at(-1) ?? 0) > to;
  for (let index = places.length - 1, limit = to; index >= 0 && isOver; index -= 1, limit -= apart)
    places[index] = Math.min(places[index] ?? 0, limit);
  return places;
}

/** Labels at the right, moved apart where they would stand on one another. */
export function sideLabels(
  frame: Pick<Frame, "top" | "bottom" | "right">,
  labels: readonly { y: number; text: string; kind: string }[],
): string[] {
  const sorted = labels.toSorted((one, other) => one.y - other.y);
  const places = movedApart(
    sorted.map(({ y }) => y),
    { from: frame.top, to: frame.bottom, apart: 14 },
  );
  return sorted.map(
    ({ text, kind }, index) =>
      `<text class="av-label av-text-${kind}" x="${tenth(frame.right + 6)}" y="${tenth((places[index] ?? 0) + 4)}">${xml(text, 40)}</text>`,
  );
}

export function nothingKnown(frame: Frame, text: string): string {
  return `<text class="av-label av-text-quiet" x="${tenth((frame.left + frame.right) / 2)}" y="${tenth((frame.top + frame.bottom) / 2 + 4)}" text-anchor="middle">${xml(text)}</text>`;
}
