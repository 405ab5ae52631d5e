import * as z from "zod";
import type { Database } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { isTransient } from "../adapters/github/transient.ts";

export type SweepOptions = {
  /** Asks as the App itself: the delivery log is the App's. */
  app: GitHubClient;
  database: Database;
  now: Date;
  /** Nothing older is asked for. GitHub keeps three days. */
  since?: Date;
  limits?: Partial<SweepLimits>;
};

export type SweepLimits = {
  /** How many deliveries one sweep asks for; the rest is left to the next one. */
  mostAsked: number;
  /** How often one delivery is asked for, before it is left alone. */
  mostTries: number;
  /** GitHub sends again in its own time. */
  betweenTriesMs: number;
  mostPages: number;
  perPage: number;
};

const usual: SweepLimits = {
  mostAsked: 500,
  mostTries: 3,
  betweenTriesMs: 5 * 60_000,
  mostPages: 100,
  perPage: 100,
};

export type Swept = {
  /** The deliveries that GitHub was asked to send again. */
  asked: string[];
  /** Tried as often as is useful, and still not here: a person has to look. */
  givenUp: string[];
  /** False where something is left for the next sweep. */
  complete: boolean;
};

const hour = 3_600_000;
const keptMs = 72 * hour;
/** Clocks differ, and a delivery is logged when its answer came. */
const overlapMs = hour;

const page = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.number(),
      guid: z.string(),
      delivered_at: z.iso.datetime({ offset: true }),
      status_code: z.number(),
    }),
  ),
  headers: z.looseObject({ link: z.string().optional() }).optional(),
});
type Logged = z.infer<typeof page>["data"][number];

/**
 * GitHub sends a failed delivery again only when it is asked to. Looks through the App's delivery log for what failed
 * and never came in, and asks for it. Of several replicas one sweeps; undefined where another one does.
 */
export async function sweepDeliveries(options: SweepOptions): Promise<Swept | undefined> {
  let isLost = false;
  const release = await options.database.tryLock("sweep", () => {
    isLost = true;
  });
  if (!release) return undefined;
  try {
    return await sweep({ ...options, limits: { ...usual, ...options.limits } }, () => isLost);
  } finally {
    await release();
  }
}

type Sweeping = SweepOptions & { limits: SweepLimits };

async function sweep(options: Sweeping, isLost: () => boolean): Promise<Swept> {
  const { database, now, limits } = options;
  await database.query("delete from redeliveries where asked_at < $1", [
    new Date(now.getTime() - 2 * keptMs),
  ]);
  const { failed, whole } = await failedSince(options, await floorOf(options));
  const missing = await notHere(database, failed);
  const swept: Swept = { asked: [], givenUp: [], complete: whole };
  for (const delivery of missing) {
    if (isLost() || swept.asked.length >= limits.mostAsked) {
      swept.complete = false;
      break;
    }
    const next = await nextTry(database, delivery.guid, options);
    if (next === "given-up") swept.givenUp.push(delivery.guid);
    // Asked a moment ago: whether it came is seen the next time.
    if (next === "later") swept.complete = false;
    if (next !== "now") continue;
    if (await redeliver(options.app, delivery)) swept.asked.push(delivery.guid);
    // It may fail once more, which a later sweep has to see.
    swept.complete = false;
  }
  if (swept.complete && !isLost()) await remember(database, now);
  return swept;
}

async function floorOf({ database, now, since }: Sweeping): Promise<number> {
  const [row] = await database.query("select looked_back_to from sweeps where name = 'deliveries'");
  const known = z.looseObject({ looked_back_to: z.coerce.date() }).safeParse(row);
  const seen = known.success ? known.data.looked_back_to.getTime() - overlapMs : 0;
  return Math.max(now.getTime() - keptMs, since?.getTime() ?? 0, seen);
}

async function remember(database: Database, now: Date): Promise<void> {
  await database.query(
    "insert into sweeps (name, looked_back_to) values ('deliveries', $1) on conflict (name) do update set looked_back_to = excluded.looked_back_to",
    [now],
  );
}

/** Newest first, as the log gives them; each delivery by its latest failure. */
async function failedSince(
  { app, limits }: Sweeping,
  floor: number,
): Promise<{ failed: Map<string, Logged>; whole: boolean }> {
  const failed = new Map<string, Logged>();
  let cursor: string | undefined;
  for (let pages = 0; pages < limits.mostPages; pages += 1) {
    const answer: unknown = await app.request("GET /app/hook/deliveries", {
      per_page: limits.perPage,
      // An older Enterprise Server gives all; the status is looked at below in any case.
      status: "failure",
      ...(cursor === undefined ? {} : { cursor }),
    });
    const { data, headers } = page.parse(answer);
    for (const one of data) {
      if (Date.parse(one.delivered_at) < floor) return { failed, whole: true };
      const arrived = one.status_code >= 200 && one.status_code < 300;
      if (!arrived && !failed.has(one.guid)) failed.set(one.guid, one);
    }
    cursor = nextCursor(headers?.link);
    if (cursor === undefined) return { failed, whole: true };
  }
  return { failed, whole: false };
}

/** Only the cursor is taken from the header, never its address. */
function nextCursor(link: string | undefined): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  if (address === undefined || !URL.canParse(address)) return undefined;
  return new URL(address).searchParams.get("cursor") ?? undefined;
}

/** Oldest first, so that what comes again comes in its old order. */
async function notHere(database: Database, failed: Map<string, Logged>): Promise<Logged[]> {
  if (failed.size === 0) return [];
  const rows = await database.query("select delivery_id from inbox where delivery_id = any($1::text[])", [
    [...failed.keys()],
  ]);
  const here = new Set(rows.map(({ delivery_id }) => delivery_id));
  return [...failed.values()].filter(({ guid }) => !here.has(guid)).reverse();
}

/** Counted before GitHub is asked: whatever dies in between, the number of tries has its bound. */
async function nextTry(
  database: Database,
  guid: string,
  { now, limits }: Sweeping,
): Promise<"now" | "later" | "given-up"> {
  const [known] = await database.query("select asked, asked_at from redeliveries where guid = $1", [guid]);
  const before = z.looseObject({ asked: z.coerce.number(), asked_at: z.coerce.date() }).safeParse(known);
  if (before.success) {
    if (before.data.asked >= limits.mostTries) return "given-up";
    if (now.getTime() - before.data.asked_at.getTime() < limits.betweenTriesMs) return "later";
  }
  await database.query(
    "insert into redeliveries (guid, asked, asked_at) values ($1, 1, $2) on conflict (guid) do update set asked = redeliveries.asked + 1, asked_at = excluded.asked_at",
    [guid, now],
  );
  return "now";
}

/** False where GitHub refuses this one for good; a fault that passes ends the sweep, and the next one goes on. */
async function redeliver(app: GitHubClient, { id }: Logged): Promise<boolean> {
  try {
    await app.request("POST /app/hook/deliveries/{delivery_id}/attempts", { delivery_id: id });
    return true;
  } catch (error) {
    if (isTransient(error)) throw error;
    return false;
  }
}
