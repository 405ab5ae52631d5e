/** Of a change, what a revert may name it by. */
export type NamedChange = {
  commit: string;
  /** Of a merge also what it brought in: most reverts name the commit that was reviewed, and not its merge. */
  parents?: readonly string[];
  title: string;
  message: string;
};

/** A name as long is no beginning of another: most reverts name a commit that was rebased since, and so is not there. */
const wholeName = 40;

/** Each is looked for among all changes; a message has room for hundreds. */
const mostNamed = 50;

/** Finds, among the changes that were added so far, those that a revert takes back: by commit, by number or by title. */
export function revertedAmong<Change extends NamedChange>(): {
  add(change: Change): void;
  by(revert: Change): Change[];
} {
  const byCommit = new Map<string, Change>();
  const byNumber = new Map<string, Change>();
  const byTitle = new Map<string, Change>();
  const named = (commit: string): Change | undefined =>
    byCommit.get(commit) ?? (commit.length < wholeName ? beginningWith(commit) : undefined);
  const beginningWith = (commit: string): Change | undefined =>
    [...byCommit].findLast(([whole]) => whole.startsWith(commit))?.[1];
  return {
    add(change) {
      for (const name of [change.commit, ...(change.parents ?? []).slice(1)]) byCommit.set(name, change);
      byTitle.set(withoutNumber(change.title), change);
      const number = numberOf(change);
      if (number !== undefined) byNumber.set(number, change);
    },
    by({ title, message }) {
      const commits = new Set(
        message.match(/(?<=\bThis reverts commit )[0-9a-f]{7,64}\b/g)?.slice(0, mostNamed),
      );
      const found = [...commits].flatMap((commit) => named(commit) ?? []);
      if (found.length > 0) return found;
      const number = /\bReverts (?:[\w.-]+\/[\w.-]+)?#(\d{1,10})\b/.exec(message)?.[1];
      const quoted = /^Revert "(.+)"/.exec(title)?.[1];
      const other =
        (number === undefined ? undefined : byNumber.get(number)) ??
        (quoted === undefined ? undefined : byTitle.get(withoutNumber(quoted)));
      return other === undefined ? [] : [other];
    },
  };
}

/** Of the pull request that brought it in, as GitHub writes it. */
function numberOf({ message }: NamedChange): string | undefined {
  const [subject = ""] = message.split("\n", 1);
  return /\(#(\d{1,10})\)$/.exec(subject)?.[1] ?? /^Merge pull request #(\d{1,10}) /.exec(subject)?.[1];
}

function withoutNumber(title: string): string {
  return title.replace(/ \(#\d{1,10}\)$/, "");
}
