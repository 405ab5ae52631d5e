import type { TelemetryQuestion } from "../../core/ports.ts";

/** The ends of the windows that a question asks about. */
export type Grid = Pick<TelemetryQuestion, "firstEnd" | "lastEnd" | "stepSeconds">;

export function windowsIn({ firstEnd, lastEnd, stepSeconds }: Grid): number {
  return Math.max(0, Math.round((lastEnd - firstEnd) / stepSeconds) + 1);
}

/** A store that shifts its points by more than this part of a step measures other windows than those asked for. */
const mostShift = 0.1;

/** Puts points on their windows and remembers what did not fit, however often one of the faults repeats. */
export class Placing {
  private readonly grid: Grid;
  private readonly windows: number;
  private readonly distances: Float64Array;
  private outside = 0;
  private shifted = 0;
  private readonly disputed = new Set<number>();

  constructor(grid: Grid) {
    this.grid = grid;
    this.windows = windowsIn(grid);
    this.distances = new Float64Array(this.windows);
  }

  /** To be called before the points of each series. */
  begin(): void {
    this.distances.fill(Number.POSITIVE_INFINITY);
  }

  /**
   * The window that a point belongs to, or -1 where there is none or another point is nearer to it. `same` says
   * whether the point equals the one that stands there already, at the very same moment.
   */
  place(seconds: number, same: (window: number) => boolean): number {
    const position = (seconds - this.grid.firstEnd) / this.grid.stepSeconds;
    const window = Math.round(position);
    if (!(window >= 0 && window < this.windows)) {
      this.outside += 1;
      return -1;
    }
    const distance = Math.abs(position - window);
    const before = this.distances[window] ?? 0;
    if (distance > mostShift) this.shifted += 1;
    if (distance > before) return -1;
    if (distance === before && !same(window)) this.disputed.add(window);
    this.distances[window] = distance;
    return window;
  }

  /** Windows for which one moment came twice with different values: nobody knows which of them is right. */
  get unknown(): ReadonlySet<number> {
    return this.disputed;
  }

  warnings(): string[] {
    const { outside, shifted, disputed } = this;
    return [
      ...(outside > 0
        ? [
            `${counted(outside, "point lies", "points lie")} outside of the windows asked for and cannot be counted; compare the clocks.`,
          ]
        : []),
      ...(shifted > 0
        ? [
            `${counted(shifted, "point lies", "points lie")} off the end of a window by more than a tenth of it; let windows end at multiples of their length, or switch off the alignment of the store's front end.`,
          ]
        : []),
      ...(disputed.size > 0
        ? [
            `${counted(disputed.size, "window", "windows")} came twice with different values: nobody knows which is right.`,
          ]
        : []),
    ];
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
