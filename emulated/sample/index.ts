import { mkdir } from "node:fs/promises";
import type { PullOptions, RepositoryOptions, UserOptions } from "../github/options.ts";
import { type SamplePull, type SampleRisk, writeChanges } from "./changes.ts";
import { fastImportStream, git } from "./fast-import.ts";
import { writePast } from "./history.ts";
import { collaborators, people } from "./people.ts";

export type { SamplePull, SampleRisk } from "./changes.ts";
export { writeSampleReport } from "./reports.ts";

export type SampleRepository = {
  folder: string;
  branches: Record<SampleRisk, string>;
  pulls: Record<SampleRisk, SamplePull>;
  /** To hand to `startGitHub`. */
  users: UserOptions[];
  repository: RepositoryOptions;
};

/** Every commit of the default branch but the first came by a pull request, numbered in its title. */
async function mergedPulls(folder: string): Promise<PullOptions[]> {
  const format = "--format=%H%x00%cI%x00%an%x00%B%x00";
  const log = (await git(folder, ["log", "--first-parent", "--reverse", format, "main"])).split("\0");
  const logins = new Map(Object.entries(people).map(([login, person]) => [person.name, login]));
  const pulls: PullOptions[] = [];
  for (let at = 0; at + 3 < log.length; at += 4) {
    const [commit = "", date = "", name = "", message = ""] = log
      .slice(at, at + 4)
      .map((field) => field.trim());
    const number = Number(/#(\d+)/.exec(message)?.[1] ?? 0);
    const title =
      message
        .split("\n")
        .at(-1)
        ?.replace(/ \(#\d+\)$/, "") ?? "";
    const author = logins.get(name) ?? name;
    const merged = { commit, at: new Date(date).toISOString().replace(".000Z", "Z") };
    if (number > 0) pulls.push({ number, title, author, head: `${author}-${number}`, merged });
  }
  return pulls;
}

/**
 * `acme/shop`: three services, some sixty merged changes, two releases, one revert, three open pull requests. The same
 * text, dates and people every time, so commits have the same names on every machine. `main` is checked out.
 */
export async function buildSampleRepository(folder: string): Promise<SampleRepository> {
  const stream = fastImportStream();
  const past = writePast(stream);
  const pulls = writeChanges(stream, past);
  await mkdir(folder, { recursive: true });
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  await git(folder, ["-c", "core.autocrlf=false", "fast-import", "--quiet"], stream.text());
  await git(folder, ["-c", "core.autocrlf=false", "checkout", "--quiet", "--force", "main"]);
  const merged = await mergedPulls(folder);
  return {
    folder,
    branches: { low: pulls.low.head, middle: pulls.middle.head, high: pulls.high.head },
    pulls,
    users: Object.entries(people).map(([login, { name, email }]) => ({ login, name, email })),
    repository: {
      owner: "acme",
      name: "shop",
      folder,
      defaultBranch: "main",
      collaborators: { ...collaborators },
      environments: ["production"],
      pulls: [...merged, pulls.low, pulls.middle, pulls.high],
    },
  };
}
