/** Time that passes only when everything that could run has run. Equal seeds give equal histories. */

type Entry = { at: number; order: number; run: () => void };

export type VirtualTime = ReturnType<typeof virtualTime>;

export function virtualTime(start: number) {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;

  const later = (milliseconds: number, run: () => void): void => {
    order += 1;
    push(heap, { at: now + Math.max(0, milliseconds), order, run });
  };
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      later(milliseconds, resolve);
    });

  const settled = Promise.resolve();
  /** Runs until `done`, until nothing is left to run, or until the time is up. */
  const run = (done: () => boolean, until: number): Promise<"done" | "idle" | "late"> =>
    new Promise((resolve, reject) => {
      const step = (): void => {
        if (done()) {
          resolve("done");
          return;
        }
        const entry = pop(heap);
        if (entry === undefined) {
          resolve("idle");
          return;
        }
        if (entry.at > until) {
          resolve("late");
          return;
        }
        now = entry.at;
        try {
          entry.run();
        } catch (error) {
          reject(error);
          return;
        }
        // A tick that a promise asks for runs once every promise that could go on has gone on.
        settled.then(tick);
      };
      const tick = (): void => process.nextTick(step);
      process.nextTick(step);
    });

  return { now: () => now, later, sleep, run };
}

const isBefore = (left: Entry, right: Entry): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  while (true) {
    let below = 2 * index + 1;
    const [left, right] = [heap[below], heap[below + 1]];
    if (left === undefined) break;
    const smaller = right !== undefined && isBefore(right, left) ? right : left;
    if (smaller === right) below += 1;
    if (!isBefore(smaller, last)) break;
    heap[index] = smaller;
    index = below;
  }
  heap[index] = last;
  return first;
}
