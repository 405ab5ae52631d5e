import { mkdir } from "node:fs/promises";
import type { RepositoryOptions, UserOptions } from "../github/options.ts";
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
      pulls: [pulls.low, pulls.middle, pulls.high],
    },
  };
}
