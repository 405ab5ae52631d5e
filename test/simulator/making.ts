import { type Believes, foldStream, type Rollouts } from "../../core/rollout/fold-stream.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { trueLedger } from "./ledger.ts";
import { oracleOf } from "./oracle.ts";
import { trueTarget } from "./target.ts";
import { type VirtualTime, virtualTime } from "./time.ts";
import { releasesOf, type Weather, weatherOf } from "./weather.ts";
import type { World } from "./world.ts";

/** What somebody writes who may push and says nothing that can be looked up. */
export const stranger = "mallory";
export const believes: Believes = ({ actor, kind }) => {
  if (actor === stranger && kind === "verdict") throw new TypeError("There is nothing to look up.");
  return actor !== stranger;
};

const start = Date.parse("2026-11-21T10:00:00.000Z");
const services = ["shop", "cart", "mail"];

/** The services of one environment: one sky over all of them, and each has its own target and its own releases. */
export function worldsOf(seed: number, trace: World["trace"]): World[] {
  const chance = chanceOf(seed);
  const weather = weatherOf(chance, seed);
  const time = virtualTime(start);
  const all: World[] = [];
  const shared = { seed, chance, weather, time, all, healAt: start + weather.healSeconds * 1000 };
  const outages = outagesOf(chance, weather);
  const pages: World["pages"] = new Map();
  let nonces = 0;
  const nonce = (): string => {
    nonces += 1;
    return `${seed}-nonce-of-sixteen-${nonces}`;
  };
  const said: World["trace"] =
    trace && ((line) => trace(`${new Date(time.now()).toISOString().slice(11, 23)} ${line}`));
  for (const service of services.slice(0, weather.services))
    all.push(worldOf({ ...shared, service, outages, pages, nonce, trace: said }));
  return all;
}

type Shared = Pick<
  World,
  "seed" | "weather" | "all" | "healAt" | "service" | "outages" | "pages" | "nonce" | "trace"
> & {
  chance: Chance;
  time: VirtualTime;
};

function worldOf(shared: Shared): World {
  const { chance, weather, time, healAt, service } = shared;
  const releases = releasesOf(chance, weather.bad);
  const stream = `production/${service}`;
  const ledger = trueLedger(stream, weather.sealed);
  const crashLoops = (id: string): boolean =>
    releases.some((one) => one.candidate === id && one.badFrom !== null && one.crashLoops);
  let folded: { events: number; rollouts: Rollouts } = { events: 0, rollouts: new Map() };
  return {
    ...shared,
    ...{ releases, stream, ledger },
    rules: {
      quarantineSeconds: 1800,
      breaker: { rollbacks: 2, withinSeconds: 7200 },
      environment: { rollbacks: weather.environmentRollbacks, withinSeconds: 3600 },
    },
    target: trueTarget(
      { fenced: weather.fenced, stable: "v1" },
      { now: time.now, chance, trouble: () => (time.now() < healAt ? weather : null), crashLoops },
    ),
    oracle: oracleOf(),
    rollouts: () => {
      const { events } = ledger.read();
      if (events.length > folded.events) {
        const rollouts = foldStream(events.slice(folded.events), believes, folded.rollouts);
        folded = { events: events.length, rollouts };
      }
      return folded.rollouts;
    },
    approvedAt: start + chance.between(0, 3600_000),
    underWay: 0,
    rests: false,
    over: false,
  };
}

function outagesOf(chance: Chance, weather: Weather): World["outages"] {
  const outages: World["outages"] = [];
  const end = start + weather.healSeconds * 1000;
  for (let count = 0; count < weather.outages; count += 1) {
    const from = start + chance.between(0, weather.healSeconds * 1000);
    const to = Math.min(end, from + chance.between(1, weather.outageSeconds * 1000));
    const who = chance.happens(0.3) ? `${services[0]}-1-${chance.whole(1, 3)}` : null;
    outages.push({ from, to, who });
  }
  return outages;
}
