export type Touch = { at: number; paths: readonly string[] };

/**
 * For each place in a list of changes, newest first: how often each path was touched by the change there and those
 * before it, no further back than `seconds`. A change costs its paths twice, however long the window.
 *
 * `at` must be asked in rising order. `completeSince` says from which moment on the list holds every change
 * (-Infinity: it reaches the start); for a window that looks back further it answers undefined.
 */
export function slidingCounts(
  touches: readonly Touch[],
  seconds: number,
  completeSince: number,
): { at(index: number): ReadonlyMap<string, number> | undefined } {
  const counts = new Map<string, number>();
  let start = 0;
  let end = 0;
  const add = (touch: Touch | undefined, step: 1 | -1) => {
    for (const path of touch?.paths ?? []) {
      const count = (counts.get(path) ?? 0) + step;
      if (count === 0) counts.delete(path);
      else counts.set(path, count);
    }
  };
  return {
    at(index) {
      for (; start < index; start += 1) {
        if (start < end) add(touches[start], -1);
      }
      end = Math.max(end, start);
      const oldest = (touches[index]?.at ?? Number.NEGATIVE_INFINITY) - seconds;
      while (end < touches.length && (touches[end]?.at ?? 0) >= oldest) {
        add(touches[end], 1);
        end += 1;
      }
      return end < touches.length || oldest >= completeSince ? counts : undefined;
    },
  };
}
