import * as z from "zod";
import type { Database, Queries } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { ownerAndRepo } from "../adapters/github/full-name.ts";
import { statusOf } from "../adapters/github/status.ts";
import { isSetAside, moveKept, setAside } from "./move-kept.ts";

/** "owner/name", and GitHub's number, which a repository keeps whatever it is called. */
export type NamedRepository = { name: string; id: number };

export type Recognising = {
  installation: number;
  /** What GitHub says now of the repository of that name; asked only where a name changed hands. */
  look(): Promise<NamedRepository | undefined>;
  warn(sentence: string): void;
};

/**
 * The name under which a repository's data is kept, after it was brought there. Undefined where the name is another
 * repository's now, and nothing is kept of this one under any other.
 */
export type Recognise = (
  said: NamedRepository,
  around: Recognising,
) => Promise<{ name: string; moved: boolean } | undefined>;

const keptMs = 60_000;
const mostKept = 5000;

/**
 * Everything is kept by a repository's name, and a name that was let go can be taken by anybody: who takes it must not
 * find what was kept of the former one. An answer holds for a minute, since another replica may have moved things.
 */
export function knownRepositories(database: Database, now: () => Date): Recognise {
  const known = new Map<number, { name: string; until: number }>();
  return async (said, around) => {
    const at = now().getTime();
    const fresh = known.get(said.id);
    if (fresh?.name === said.name && fresh.until > at) return { name: said.name, moved: false };
    const rows = await rowsOf(database, said);
    const own = rows.find(({ id }) => id === said.id);
    let moved = false;
    if (own?.name !== said.name) {
      // A delivery may be days old. What it says of a name that was given away since must not move anything.
      const seen = rows.length > 0 ? await around.look() : said;
      if (seen?.id !== said.id || seen.name !== said.name)
        return own && !isSetAside(own.name) ? { name: own.name, moved } : undefined;
      moved = await database.transaction((within) => settle(within, said, around));
      known.clear();
    }
    if (known.size >= mostKept) known.clear();
    known.set(said.id, { name: said.name, until: at + keptMs });
    return { name: said.name, moved };
  };
}

const found = z.object({ name: z.string(), id: z.coerce.number() });

/** The repository itself and whichever holds its name, in whatever letters: tokens of programs know them in lower case. */
async function rowsOf(queries: Queries, { name, id }: NamedRepository): Promise<NamedRepository[]> {
  const rows = await queries.query(
    "select name, id from repositories where id = $1 or lower(name) = lower($2)",
    [id, name],
  );
  return rows.map((row) => found.parse(row));
}

/** One at a time among all replicas: who comes second finds it done. True where what is kept went to another name. */
async function settle(
  within: Queries,
  { name, id }: NamedRepository,
  { installation, warn }: Recognising,
): Promise<boolean> {
  await within.query("select pg_advisory_xact_lock(hashtextextended('adaptive-deploy repositories', 0))");
  const rows = await rowsOf(within, { name, id });
  const rename = (of: number, to: string) =>
    within.query("update repositories set name = $2 where id = $1", [of, to]);
  for (const holder of rows.filter((row) => row.id !== id)) {
    const aside = await setAside(within, holder);
    await rename(holder.id, aside);
    warn(`${name} is another repository now (${id}): what was kept of the former one is kept as ${aside}.`);
  }
  const own = rows.find((row) => row.id === id);
  if (own?.name === name) return false;
  await setAsideLeftovers(within, { name, id });
  if (!own) {
    await within.query("insert into repositories (name, id) values ($1, $2)", [name, id]);
    return false;
  }
  const left = await moveKept(within, own.name, name);
  if (left.length > 0) {
    const aside = await setAside(within, own);
    warn(
      `${name} was ${own.name}: its ${left.join(", ")} are kept as ${aside}, because the new name has its own.`,
    );
  }
  // A transfer may end in another account, where the App answers under another installation.
  await within.query("update gates set installation_id = $2 where repository = $1 and state = 'waiting'", [
    name,
    installation,
  ]);
  await rename(id, name);
  await within.query(
    "insert into former_names (name, id) values ($1, $2) on conflict (name) do update set id = excluded.id",
    [own.name, id],
  );
  return true;
}

/** Whoever had the name before may have been worked for while it was let go. */
async function setAsideLeftovers(within: Queries, { name, id }: NamedRepository): Promise<void> {
  const [former] = await within.query("delete from former_names where name = $1 returning name, id", [name]);
  const before = former && found.parse(former);
  if (before && before.id !== id) await setAside(within, before);
}

/** The repository that GitHub gives under a name: a former name leads to the present one. */
export async function repositoryAt(client: GitHubClient, name: string): Promise<NamedRepository | undefined> {
  const { owner, repo } = ownerAndRepo(name);
  try {
    const { data } = await client.request("GET /repos/{owner}/{repo}", { owner, repo });
    const seen = answered.parse(data);
    return { name: seen.full_name, id: seen.id };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const answered = z.object({ full_name: z.string(), id: z.int() });
