import { blockResamples } from "../stats/block-resamples.ts";
import { bootstrapInterval } from "../stats/bootstrap-interval.ts";
import { type Measure, type Measured, measures } from "./measure.ts";

/** A figure, and between what it lies in 19 of 20 cases; null: it cannot be told. */
export type Figure = { value: number; low: number | null; high: number | null };
/** What cannot be told is absent. */
export type Figures = Partial<Record<Measure, Figure>>;

/** What an arm measures on the rows as they are, and on each draw of them. */
export type Drawn = { value: Measured; draws: Measured[] };

const seed = 20_260_101;

/** The same draws for every arm, so that differences are between the same changes. */
export function* drawnAll(
  arms: readonly ((counts?: ArrayLike<number>) => Measured)[],
  rows: number,
  draws: number,
): Generator<string, Drawn[]> {
  const drawn = arms.map((arm): Drawn => ({ value: arm(), draws: [] }));
  let done = 0;
  for (const counts of blockResamples(rows, draws, seed)) {
    for (const [index, arm] of arms.entries()) drawn[index]?.draws.push(arm(counts));
    done += 1;
    if (done % 100 === 0 && done < draws) yield `drawn ${done} of ${draws} times for the intervals`;
  }
  return drawn;
}

export function figuresOf({ value, draws }: Drawn): Figures {
  return perMeasure((name) => {
    const figure = figureOf(
      value[name],
      draws.map((draw) => draw[name]),
    );
    return figure && within(figure, name.endsWith("_per_100") ? 100 : 1);
  });
}

/** No share lies below none or above all, and none of these figures but Popt does. */
function within({ value, low, high }: Figure, most: number): Figure {
  return { value, low: low && Math.max(Math.min(0, value), low), high: high && Math.min(most, high) };
}

/** How much more one measures than another, change for change. */
export function differencesOf(one: Drawn, other: Drawn): Figures {
  return perMeasure((name) =>
    figureOf(
      one.value[name] - other.value[name],
      one.draws.map((draw, round) => draw[name] - (other.draws[round]?.[name] ?? Number.NaN)),
    ),
  );
}

/**
 * The middle 95 % of the draws, moved so that their mean stands on the figure itself: some figures, calibration's error
 * above all, come out larger on every draw.
 */
export function figureOf(value: number, draws: readonly number[]): Figure | undefined {
  if (!Number.isFinite(value)) return undefined;
  const known = draws.filter(Number.isFinite);
  if (known.length === 0) return { value, low: null, high: null };
  const move = value - known.reduce((sum, one) => sum + one, 0) / known.length;
  const [low, high] = bootstrapInterval(known);
  return { value, low: low + move, high: high + move };
}

function perMeasure(figure: (name: Measure) => Figure | undefined): Figures {
  return Object.fromEntries(
    measures.flatMap((name) => {
      const found = figure(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}
