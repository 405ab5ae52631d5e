/** One commit as `git log -z` tells it, with the files it touched. */
export type LoggedCommit = {
  sha: string;
  parents: string[];
  /** Committer's clock in seconds since 1970. */
  committedAt: number;
  authorName: string;
  authorEmail: string;
  subject: string;
  /** The subject, or below the merge of a pull request that one's own title. */
  title: string;
  /** The whole message, subject included, cut at 8 KiB. */
  message: string;
  /** What follows the header, in the form that the log was asked for. */
  entries: string[];
};

/**
 * Two empty fields before each header. A path is never empty, so that no file name can pass for a header; the number
 * of fields is fixed, so that no message can either.
 */
export const logFormat = "--format=%x00%x00%H%x00%P%x00%ct%x00%an%x00%ae%x00%B";

const headerFields = 6;
const longestMessage = 8192;

export function parseLog(text: string): LoggedCommit[] {
  const fields = text.split("\0");
  const commits: LoggedCommit[] = [];
  let at = 0;
  while (at + 1 + headerFields < fields.length) {
    at += 2;
    const header = fields.slice(at, at + headerFields);
    at += headerFields;
    const entries: string[] = [];
    while (at < fields.length && fields[at] !== "") {
      entries.push((fields[at] ?? "").replace(/^\n/, ""));
      at += 1;
    }
    commits.push({ ...commitOf(header), entries });
  }
  return commits;
}

/** The fields of a header as `logFormat` asks for them. */
export function commitOf(header: readonly string[]): Omit<LoggedCommit, "entries"> {
  const [sha = "", parents = "", committedAt = "", authorName = "", authorEmail = "", body = ""] = header;
  const message = body.slice(0, longestMessage).trim();
  return {
    sha,
    parents: parents.split(" ").filter(Boolean),
    committedAt: secondsOf(committedAt),
    authorName,
    authorEmail,
    ...titlesOf(message),
    message,
  };
}

/** The end of the year 9999: git takes any number for a time, and a date has four digits for its year. */
const latestSeconds = 253_402_300_799;

/** Seconds since 1970 as git prints them. */
export function secondsOf(text: string): number {
  return Math.min(latestSeconds, Math.max(0, Number(text.trim()) || 0));
}

/** Forges write the title of what is merged below a subject of their own. */
function titlesOf(message: string): { subject: string; title: string } {
  const [subject = "", ...body] = message.split("\n");
  const isMerge =
    /^Merge pull request #\d/.test(subject) ||
    (/^Merge branch '/.test(subject) && /^See merge request \S*!\d/m.test(message));
  return { subject, title: (isMerge && body.find((line) => line.trim() !== "")) || subject };
}

export type CountedFile = {
  path: string;
  previousPath?: string;
  /** Undefined for a binary file, whose lines git does not count. */
  additions?: number;
  deletions?: number;
};

const countedLine = /^(-|\d+)\t(-|\d+)\t/;

/** Entries of `--numstat -z`: a renamed file comes as three fields, the path in the first one empty. */
export function parseNumstat(entries: readonly string[]): CountedFile[] {
  const files: CountedFile[] = [];
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries[at] ?? "";
    const counts = countedLine.exec(entry);
    if (!counts) continue;
    const lines = counts[1] === "-" ? {} : { additions: Number(counts[1]), deletions: Number(counts[2]) };
    const path = entry.slice(counts[0].length);
    if (path !== "") {
      files.push({ path, ...lines });
      continue;
    }
    files.push({ path: entries[at + 2] ?? "", previousPath: entries[at + 1] ?? "", ...lines });
    at += 2;
  }
  return files;
}

export type RawFile = {
  path: string;
  previousPath?: string;
  status: "added" | "modified" | "removed" | "renamed";
  oldMode: string;
  newMode: string;
  oldObject: string;
  newObject: string;
};

const statuses = new Map<string, RawFile["status"]>([
  ["A", "added"],
  ["D", "removed"],
  ["R", "renamed"],
]);

/** Entries of `--raw -z`; returns what it read and where the entries of another form begin. */
export function parseRaw(entries: readonly string[]): { files: RawFile[]; rest: number } {
  const files: RawFile[] = [];
  let at = 0;
  while ((entries[at] ?? "").startsWith(":")) {
    const [oldMode = "", newMode = "", oldObject = "", newObject = "", letter = ""] = (entries[at] ?? "")
      .slice(1)
      .split(" ");
    const status = statuses.get(letter.charAt(0)) ?? "modified";
    const moved = status === "renamed";
    const path = entries[at + (moved ? 2 : 1)] ?? "";
    const previous = moved ? { previousPath: entries[at + 1] ?? "" } : {};
    files.push({ path, ...previous, status, oldMode, newMode, oldObject, newObject });
    at += moved ? 3 : 2;
  }
  return { files, rest: at };
}
