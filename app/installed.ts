import * as z from "zod";
import type { GitHubClient } from "../adapters/github/client.ts";
import { ownerAndRepo } from "../adapters/github/full-name.ts";
import { statusOf } from "../adapters/github/status.ts";
import type { Recognise } from "./known-repositories.ts";

/** A repository that the App is installed on, as GitHub knows it. */
export type InstalledRepository = {
  installation: number;
  /** "owner/name" as GitHub spells it. */
  name: string;
  id: string;
  defaultBranch: string;
};

const found = z.object({ id: z.int().positive() });
const repository = z.object({ id: z.int(), full_name: z.string(), default_branch: z.string() });
const keptMs = 60_000;
const mostKept = 2000;

type Asking = {
  app: GitHubClient;
  clientOf(installation: number): Promise<GitHubClient>;
  recognise: Recognise;
  warn(sentence: string): void;
};

/** Asks GitHub whether the App is installed on a repository; the answer holds for a minute. What is kept of it is under its name then. */
export function installedRepositories(
  asking: Asking,
  now: () => Date,
): (repository: string) => Promise<InstalledRepository | undefined> {
  const known = new Map<string, { until: number; answer: Promise<InstalledRepository | undefined> }>();
  return (name) => {
    const key = name.toLowerCase();
    const before = known.get(key);
    if (before && before.until > now().getTime()) return before.answer;
    const answer = ask(asking, name);
    known.delete(key);
    known.set(key, { until: now().getTime() + keptMs, answer });
    answer.catch(() => known.delete(key));
    for (const oldest of known.keys()) if (known.size > mostKept) known.delete(oldest);
    return answer;
  };
}

async function ask(
  { app, clientOf, recognise, warn }: Asking,
  name: string,
): Promise<InstalledRepository | undefined> {
  const { owner, repo } = ownerAndRepo(name);
  try {
    const installation = found.parse(
      (await app.request("GET /repos/{owner}/{repo}/installation", { owner, repo })).data,
    ).id;
    const client = await clientOf(installation);
    const { data } = await client.request("GET /repos/{owner}/{repo}", { owner, repo });
    const seen = repository.parse(data);
    const said = { name: seen.full_name, id: seen.id };
    await recognise(said, { installation, look: async () => said, warn });
    return { installation, name: said.name, id: String(said.id), defaultBranch: seen.default_branch };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
