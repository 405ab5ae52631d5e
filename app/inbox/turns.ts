/** Lanes that wait, by installation: each installation gets its turn, however much another has to do. */
export type Turns = {
  add(lane: string, installation: number | null): void;
  /** The next lane that is not busy; it leaves the queue. */
  take(isBusy: (lane: string) => boolean): string | undefined;
  size(): number;
};

export function turns(): Turns {
  /** Insertion order of the map is the order of turns. */
  const waiting = new Map<number | null, Set<string>>();
  return {
    add(lane, installation) {
      const lanes = waiting.get(installation);
      if (lanes) lanes.add(lane);
      else waiting.set(installation, new Set([lane]));
    },
    take(isBusy) {
      for (const [installation, lanes] of waiting) {
        for (const lane of lanes) {
          if (isBusy(lane)) continue;
          lanes.delete(lane);
          waiting.delete(installation);
          if (lanes.size > 0) waiting.set(installation, lanes);
          return lane;
        }
      }
      return undefined;
    },
    size: () => waiting.size,
  };
}
