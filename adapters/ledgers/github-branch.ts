import { UserError } from "../../core/errors.ts";
import { openChain, seal } from "../../core/evidence/chain.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { branchOf } from "../../core/evidence/stream.ts";
import type { Chain, Head, Ledger } from "../../core/ports.ts";
import type { GitHubClient } from "../github/client.ts";
import { writeBehind } from "./github-append.ts";
import { homeOn } from "./github-home.ts";
import { tipAnswer, tipQuery } from "./github-queries.ts";
import { type Known, listStreams, readBranch } from "./github-read.ts";
import { headInMessage } from "./message.ts";

/** The newest commit of a stream's branch as last seen, and the event that it ends with. */
type Tip = { commit: string | null; head: Head | null };

/**
 * A ledger on orphan branches over GitHub's API, the same branches that `gitBranchLedger` writes. Appending is one
 * request, `createCommitOnBranch`, which compares and swaps on `expectedHeadOid`. Reading is one request as well, as
 * long as the branch has gained no more than a folder of events since this ledger last read it.
 */
export function githubBranchLedger(options: { client: GitHubClient; repository: string }): Ledger {
  const home = homeOn(options.client, options.repository);
  const tips = new Map<string, Tip>();
  const buckets = new Map<string, Known>();

  const read = async (stream: string): Promise<Chain> => {
    const known = buckets.get(stream) ?? new Map();
    buckets.set(stream, known);
    const next = (tips.get(stream)?.head?.sequence ?? -1) + 1;
    const branch = await readBranch(home, stream, known, next);
    const chain = openChain(stream, branch?.segments ?? []);
    tips.set(stream, { commit: branch?.commit ?? null, head: chain.fault ? null : chain.head });
    return chain;
  };

  const tipOf = async (stream: string): Promise<Tip> => {
    const { ref } = (await home.query(tipQuery, { ref: `refs/heads/${branchOf(stream)}` }, tipAnswer))
      .repository;
    const head = ref ? headInMessage(ref.target.message ?? "") : null;
    if (ref && head === null) {
      // Somebody else's commit is the newest: the events themselves say where the chain ends.
      const chain = await read(stream);
      return { commit: tips.get(stream)?.commit ?? null, head: chain.head };
    }
    const tip = { commit: ref?.target.oid ?? null, head };
    tips.set(stream, tip);
    return tip;
  };

  return {
    streams: () => listStreams(home),
    head: async (stream) => (await tipOf(stream)).head,
    read,
    append: async (stream, events, expected) => {
      mustFit(branchOf(stream));
      const [first, ...more] = seal(stream, expected, events);
      if (first === undefined) return [];
      const sealed: [typeof first, ...typeof more] = [first, ...more];
      const seen = tips.get(stream);
      const tip = seen?.commit && isSame(seen.head, expected) ? seen : await tipOf(stream);
      if (!isSame(tip.head, expected)) throw new HeadMoved(stream);
      tips.delete(stream);
      const commit = await writeBehind(home, stream, sealed, tip.commit);
      if (commit === null) throw new HeadMoved(stream);
      const last = more.at(-1) ?? first;
      tips.set(stream, { commit, head: { sequence: last.sequence, hash: last.hash } });
      return sealed;
    },
  };
}

/** Found by people who tried; GitHub's documentation names no limit. */
const longestBranch = 244;

function mustFit(branch: string): void {
  if (branch.length <= longestBranch) return;
  throw new UserError(
    "bad-stream",
    `The ledger's branch would be called ${branch.slice(0, 80)}…, ${branch.length} bytes long, and GitHub takes ` +
      `${longestBranch}. Shorten the service's or the environment's name; letters other than a-z and 0-9 count threefold or more.`,
  );
}

function isSame(left: Head | null, right: Head | null): boolean {
  return left?.hash === right?.hash && left?.sequence === right?.sequence;
}
