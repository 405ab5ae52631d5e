import * as z from "zod";
import { ownerAndRepo } from "../../adapters/github/full-name.ts";
import { statusOf } from "../../adapters/github/status.ts";
import type { PageOptions } from "./options.ts";
import type { Session } from "./sessions.ts";

/** What a person may see, as GitHub says it of the person's own token. What GitHub does not say is not shown. */
export type Sight = { read: boolean; admin: boolean };

export type Access = {
  /** Whether an answer so far said that the person administers a repository. Costs no request. */
  administers(session: Session): boolean;
  of(session: Session, repository: string): Promise<Sight>;
  /** Those of the repositories that the person may read, in the order given. */
  among(session: Session, repositories: readonly string[]): Promise<string[]>;
};

const nothing: Sight = { read: false, admin: false };
const keptMilliseconds = 60_000;
const mostKept = 20_000;
const atOnce = 10;

const answered = z.looseObject({
  id: z.int(),
  full_name: z.string(),
  permissions: z.looseObject({ admin: z.boolean().optional() }).optional(),
});

export function accessFor(options: Pick<PageOptions, "ask" | "now" | "database">): Access {
  const kept = new Map<string, { until: number; sight: Promise<Sight> }>();
  const operators = new Set<string>();
  const of = async (session: Session, repository: string): Promise<Sight> => {
    const key = `${session.id} ${repository}`;
    const at = options.now().getTime();
    const known = kept.get(key);
    if (known && known.until > at) return known.sight;
    if (kept.size >= mostKept) {
      kept.clear();
      operators.clear();
    }
    const sight = asked(options, session, repository);
    kept.set(key, { until: at + keptMilliseconds, sight: sight.then((found) => found ?? nothing) });
    const found = await sight;
    if (found?.admin) operators.add(session.id);
    // A refusal that GitHub did not make is not remembered: the next request asks again.
    if (!found) kept.delete(key);
    return found ?? nothing;
  };
  return {
    administers: (session) => operators.has(session.id),
    of,
    among: async (session, repositories) => {
      const seen: string[] = [];
      for (let first = 0; first < repositories.length; first += atOnce) {
        const some = repositories.slice(first, first + atOnce);
        const sights = await Promise.all(some.map((repository) => of(session, repository)));
        seen.push(...some.filter((_, index) => sights[index]?.read));
      }
      return seen;
    },
  };
}

/**
 * Undefined where GitHub gave no answer. A renamed repository answers under its new name: that is another one. So is
 * "Acme/Shop" where it is "acme/shop": under the wrong letters the ledger would seem to be empty.
 * And so is one that took a name from which the former one's data was not moved away yet.
 */
async function asked(
  options: Pick<PageOptions, "ask" | "database">,
  session: Session,
  repository: string,
): Promise<Sight | undefined> {
  const { owner, repo } = ownerAndRepo(repository);
  try {
    const { data } = await options.ask(session.token).request("GET /repos/{owner}/{repo}", { owner, repo });
    const found = answered.safeParse(data);
    if (!found.success || found.data.full_name !== repository) return nothing;
    const others = await options.database.query(
      "select 1 as other from repositories where name = $1 and id <> $2",
      [repository, found.data.id],
    );
    if (others.length > 0) return nothing;
    return { read: true, admin: found.data.permissions?.admin === true };
  } catch (error) {
    const status = statusOf(error);
    return status === 401 || status === 403 || status === 404 || status === 451 ? nothing : undefined;
  }
}

/** On loopback, without a sign-in: the demo's own machine sees everything. */
export const openAccess: Access = {
  administers: () => true,
  of: async () => ({ read: true, admin: true }),
  among: async (_, repositories) => [...repositories],
};
