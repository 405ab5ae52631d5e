import { setTimeout as sleep } from "node:timers/promises";
import { type Device, poll } from "./device.ts";
import type { Hawkbit } from "./hawkbit.ts";

/** A fleet of virtual devices. It moves only when the test says so: one poll, or polls while something else happens. */
export type Devices = {
  all: readonly Device[];
  /** Devices in it take an update and never come to an end with it, until they are taken out again. */
  stuck: Set<string>;
  /** Devices in it do not ask the server at all. */
  unreachable: Set<string>;
  /** What went wrong between devices and server; a server that was away shows here too. */
  troubles: string[];
  /** Every device that can be reached asks once and does what it is told. */
  poll(): Promise<void>;
  /** Polls again and again, with a pause between two rounds, until the work is done. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** How many devices run each version. */
  versions(): Record<string, number>;
};

/** So many ask at the same time: a server on a small machine is to be used, not tested for load. */
const together = 8;
const pauseMs = 1000;

export function virtualDevices(
  hawkbit: Pick<Hawkbit, "url" | "gatewayToken">,
  count: number,
  version?: string,
  name = "device",
): Devices {
  const all = Array.from(
    { length: count },
    (_, index): Device => ({
      id: `${name}-${String(index + 1).padStart(3, "0")}`,
      version,
      crashing: false,
      history: [],
    }),
  );
  const stuck = new Set<string>();
  const unreachable = new Set<string>();
  const troubles: string[] = [];

  const pollOnce = async (): Promise<void> => {
    const waiting = all.filter((device) => !unreachable.has(device.id));
    const lane = async (): Promise<void> => {
      for (let device = waiting.shift(); device; device = waiting.shift()) {
        const { id } = device;
        const conversation = { url: hawkbit.url, gatewayToken: hawkbit.gatewayToken, stuck: stuck.has(id) };
        await poll(device, conversation).catch((error) => troubles.push(`${id}: ${error}`));
      }
    };
    await Promise.all(Array.from({ length: together }, lane));
  };
  return {
    all,
    stuck,
    unreachable,
    troubles,
    poll: pollOnce,
    during: async (work) => {
      let done = false;
      const polling = (async () => {
        while (!done) {
          await pollOnce();
          await sleep(pauseMs);
        }
      })();
      try {
        return await work();
      } finally {
        done = true;
        await polling;
      }
    },
    versions: () => {
      const counts: Record<string, number> = {};
      for (const { version: runs = "none" } of all) counts[runs] = (counts[runs] ?? 0) + 1;
      return counts;
    },
  };
}
