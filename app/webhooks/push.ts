import * as z from "zod";
import { ask } from "../../adapters/github/client.ts";
import { ownerAndName, ownerAndRepo } from "../../adapters/github/full-name.ts";
import { organisationRepository } from "../../adapters/github/organisation.ts";
import { activePolicy } from "../../adapters/github/policy-source.ts";
import { configurationPath, defaultBundleFolder } from "../../adapters/policy/places.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { parseStream, streamOfBranch } from "../../core/evidence/stream.ts";
import type { RepositoryConfiguration } from "../../core/policy/schema.ts";
import { policyFolder } from "../edited-policy.ts";
import { wakeGates } from "../gates/wake.ts";
import { lookAgain } from "../look-again.ts";
import type { Work } from "../ports.ts";
import { quietMs, type RolloutPlace, wakeRollout } from "../rollouts/wake.ts";

const paths = z.array(z.string());
const event = z.object({
  ref: z.string(),
  after: z.string(),
  created: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
  forced: z.boolean().nullish(),
  repository: z.object({ full_name: z.string(), default_branch: z.string() }),
  commits: z.array(z.object({ added: paths, modified: paths, removed: paths })).nullish(),
});
type Push = z.infer<typeof event>;

/** GitHub lists no more commits than these in places, and of a forced push not those that went. */
const mostListed = 20;
const mostPulls = 100;
const mostRepositories = 25;
const codeOwners = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/**
 * Policy speaks from a branch: what a push changes there, it changes for open pull requests and waiting gates. Each is
 * looked at again in its own lane. Of a push whose files are not all listed the worst is assumed.
 */
export async function onPush(payload: unknown, work: Work): Promise<void> {
  const push = event.parse(payload);
  const { full_name: repository, default_branch: defaultBranch } = push.repository;
  if (push.deleted || !push.ref.startsWith("refs/heads/")) return;
  const branch = push.ref.slice("refs/heads/".length);
  const stream = streamOfBranch(branch);
  if (stream !== null) return await onLedger({ repository, stream }, work);
  const isDefault = branch === defaultBranch;
  const known = await knownPulls(repository, isDefault, work);
  if (known.length === 0) return;
  if (isDefault && !(await touchesPolicy(push, branch, work))) return;
  const pulls = await openPulls(known, isDefault ? undefined : branch, work);
  if (!isDefault && (pulls.length === 0 || !(await touchesPolicy(push, branch, work)))) return;
  for (const pull of pulls) await lookAgain({ ...pull, why: `policy ${push.after}` }, work.now, work);
  if (isDefault) for (const one of namesOf(known)) await wakeGates(one, work);
}

/** On branches a rollout writes its events itself, and each is a push. */
async function onLedger(place: RolloutPlace, work: Work): Promise<void> {
  if (parseStream(place.stream)?.kind !== "service") return;
  await wakeRollout({ ...place, why: "written" }, new Date(work.now.getTime() + quietMs), work);
}

type Pull = { repository: string; number: number };

const row = z.object({ repository: z.string(), number: z.int() });

/** Pull requests that were decided on: those of the repository, and of every other one that its policy speaks for. */
async function knownPulls(repository: string, isDefault: boolean, { database }: Work): Promise<Pull[]> {
  const [owner = "", name] = repository.split("/");
  const isShared = isDefault && name === organisationRepository;
  const rows = await database.query(
    `select repository, pull_request as number from decisions
     where pull_request is not null and (repository = $1
       or $2::boolean and starts_with(repository, $3) and strpos(repository, '@') = 0 and document->'policy_version'->>'repository' = $1)
     group by repository, pull_request order by max(decided_at) desc limit 5000`,
    [repository, isShared, `${owner}/`],
  );
  return rows.map((one) => row.parse(one));
}

const namesOf = (pulls: readonly Pull[]): string[] =>
  [...new Set(pulls.map((pull) => pull.repository))].slice(0, mostRepositories);

const numbered = z.array(z.object({ number: z.int() }));

/** Those of the known that are open, the latest first, into one base where that is asked. */
async function openPulls(known: readonly Pull[], base: string | undefined, work: Work): Promise<Pull[]> {
  const isKnown = new Set(known.map(({ repository, number }) => `${repository}#${number}`));
  const pulls: Pull[] = [];
  for (const repository of namesOf(known)) {
    const { owner, repo } = ownerAndRepo(repository);
    const { data } = await ask(`the open pull requests of ${repository}`, () =>
      work.client.request("GET /repos/{owner}/{repo}/pulls", {
        ...{ owner, repo, state: "open", sort: "updated", direction: "desc", per_page: mostPulls },
        ...(base === undefined ? {} : { base }),
      }),
    );
    for (const { number } of numbered.parse(data))
      if (isKnown.has(`${repository}#${number}`)) pulls.push({ repository, number });
  }
  return pulls.slice(0, mostPulls);
}

/** Where the configuration cannot be read, that is what may have changed. */
async function touchesPolicy(push: Push, branch: string, work: Work): Promise<boolean> {
  const { full_name: repository, default_branch: defaultBranch } = push.repository;
  const touched = touchedPaths(push);
  const isDefault = branch === defaultBranch;
  if (isDefault && (touched === undefined || touched.some((path) => isPolicy(path, defaultBundleFolder))))
    return true;
  const { owner, name } = ownerAndName(repository);
  const configuration = await configurationOf({ owner, name }, work);
  if (configuration === undefined) return isDefault;
  if (!isDefault && !configuration["policy-bases"]?.includes(branch)) return false;
  const folder = policyFolder(configuration.policy);
  return (
    touched === undefined ||
    touched.some((path) => isPolicy(path, folder) || isPolicy(path, defaultBundleFolder))
  );
}

async function configurationOf(
  place: { owner: string; name: string },
  { client }: Work,
): Promise<RepositoryConfiguration | undefined> {
  try {
    return (await activePolicy(client, place)).configuration;
  } catch (error) {
    if (error instanceof UserError && error.exitCode !== exitCodes.unavailable) return undefined;
    throw error;
  }
}

function isPolicy(path: string, folder: string): boolean {
  return path === configurationPath || path.startsWith(`${folder}/`) || codeOwners.includes(path);
}

/** Undefined where GitHub does not list them all. */
function touchedPaths({ created, forced, commits }: Push): string[] | undefined {
  if (created || forced || !commits?.length || commits.length >= mostListed) return undefined;
  const listed = commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]);
  return listed.length === 0 ? undefined : listed;
}
