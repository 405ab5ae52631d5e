/**
 * Gathers what comes in while the database is busy into one insert: each delivery waits for a commit, and many share
 * it. Nothing is held back on purpose, so a single delivery goes at once.
 */
export function batches<Item>(
  write: (items: readonly Item[]) => Promise<void>,
  limits: { mostItems: number; atOnce: number },
): (item: Item) => Promise<void> {
  type Waiting = { item: Item; done: () => void; failed: (error: unknown) => void };
  let queue: Waiting[] = [];
  let running = 0;

  const flush = async (): Promise<void> => {
    const taken = queue.slice(0, limits.mostItems);
    queue = queue.slice(limits.mostItems);
    running += 1;
    try {
      await write(taken.map(({ item }) => item));
      for (const one of taken) one.done();
    } catch (error) {
      for (const one of taken) one.failed(error);
    } finally {
      running -= 1;
      if (queue.length > 0) void flush();
    }
  };
  return (item) =>
    new Promise<void>((done, failed) => {
      queue.push({ item, done, failed });
      // A turn of the event loop lets the requests of the same moment in.
      if (running < limits.atOnce && queue.length === 1) setImmediate(() => queue.length > 0 && void flush());
    });
}
