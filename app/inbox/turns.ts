type Installation = number | null;

/** Lanes that wait, by installation: each installation gets its turn, however much another has to do. */
export type Turns = {
  add(lane: string, installation: Installation): void;
  /** The next lane that may run, of the installations that may; it leaves the queue. */
  take(
    isBusy: (lane: string) => boolean,
    isFull?: (installation: Installation) => boolean,
  ): { lane: string; installation: Installation } | undefined;
  size(): number;
};

export function turns(): Turns {
  /** Insertion order of the map is the order of turns. */
  const waiting = new Map<Installation, Set<string>>();
  return {
    add(lane, installation) {
      const lanes = waiting.get(installation);
      if (lanes) lanes.add(lane);
      else waiting.set(installation, new Set([lane]));
    },
    take(isBusy, isFull = () => false) {
      for (const [installation, lanes] of waiting) {
        if (isFull(installation)) continue;
        for (const lane of lanes) {
          if (isBusy(lane)) continue;
          lanes.delete(lane);
          waiting.delete(installation);
          if (lanes.size > 0) waiting.set(installation, lanes);
          return { lane, installation };
        }
      }
      return undefined;
    },
    size: () => waiting.size,
  };
}
