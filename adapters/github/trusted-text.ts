import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { isModelFile } from "../../core/policy/bundle/model-files.ts";
import { configurationPath, defaultBundleFolder } from "../policy/places.ts";
import { ask, type GitHubClient } from "./client.ts";
import { wholeText } from "./large-blob.ts";
import { organisationRepository, withoutOrganisation } from "./organisation.ts";
import { whenNeeded } from "./when-needed.ts";

/** Text that policy may be read from: the default branch, or the base of the change. Never its head. */
export type TrustedText = {
  viewer: string;
  defaultBranch: string;
  /** Commit of the default branch that the policy was read from. */
  commit: string;
  /** "owner/.github", where that repository's policy speaks because this one has none of its own. */
  source?: string;
  configuration?: string;
  /** Folder of the bundle that was asked for, and its files where it exists. */
  folder: string;
  bundle?: Map<string, string>;
  history?: string;
  attributes?: string;
  owners?: string;
};

const blob = whenNeeded(() =>
  z
    .object({
      oid: z.string().optional(),
      text: z.string().nullish(),
      isTruncated: z.boolean().optional(),
      isBinary: z.boolean().nullish(),
    })
    .nullish(),
);
const bundleAnswer = whenNeeded(() =>
  z
    .object({
      entries: z.array(z.object({ name: z.string(), type: z.string(), object: blob() })).nullish(),
    })
    .nullish(),
);
const ofPolicy = whenNeeded(() => ({
  defaultBranchRef: z
    .object({ name: z.string(), target: z.object({ oid: z.string() }).nullable() })
    .nullable(),
  configuration: blob(),
  bundle: bundleAnswer(),
}));
const answer = whenNeeded(() =>
  z.object({
    viewer: z.object({ login: z.string() }),
    organisation: z.object(ofPolicy()).nullish(),
    repository: z
      .object({
        ...ofPolicy(),
        history: blob(),
        attributes: blob(),
        owners1: blob(),
        owners2: blob(),
        owners3: blob(),
      })
      .nullable(),
  }),
);

const query = `query TrustedText(
  $owner: String!, $name: String!, $organisation: String!, $configuration: String!, $bundle: String!, $history: String!,
  $attributes: String!, $owners1: String!, $owners2: String!, $owners3: String!
) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    ...policy
    history: object(expression: $history) { ...text }
    attributes: object(expression: $attributes) { ...text }
    owners1: object(expression: $owners1) { ...text }
    owners2: object(expression: $owners2) { ...text }
    owners3: object(expression: $owners3) { ...text }
  }
  organisation: repository(owner: $owner, name: $organisation) { ...policy }
}
fragment policy on Repository {
  defaultBranchRef { name target { oid } }
  configuration: object(expression: $configuration) { ...text }
  bundle: object(expression: $bundle) { ... on Tree { entries { name type object { ...text } } } }
}
fragment text on Blob { oid text isTruncated isBinary }`;

type Place = { owner: string; name: string; base: string; folder?: string };

/** Everything that is trusted, in one request; a model that is too long for it is asked for by itself. */
export async function readTrustedText(client: GitHubClient, place: Place): Promise<TrustedText> {
  const what = `the policy of ${place.owner}/${place.name}`;
  const folder = place.folder ?? defaultBundleFolder;
  const data = await ask(what, () =>
    client
      .graphql(query, {
        owner: place.owner,
        name: place.name,
        organisation: organisationRepository,
        configuration: `HEAD:${configurationPath}`,
        bundle: `HEAD:${folder}`,
        history: "refs/heads/adaptive-deploy/history:history.json",
        attributes: `${place.base}:.gitattributes`,
        owners1: `${place.base}:.github/CODEOWNERS`,
        owners2: `${place.base}:CODEOWNERS`,
        owners3: `${place.base}:docs/CODEOWNERS`,
      })
      .catch(withoutOrganisation),
  );
  const { viewer, repository, organisation } = answer().parse(data);
  const branch = repository?.defaultBranchRef;
  if (!repository || !branch?.target) {
    throw new UserError(
      "not-found",
      `GitHub shows no commit on the default branch of ${place.owner}/${place.name}. The token needs contents: read.`,
      exitCodes.unavailable,
    );
  }
  const own = await policyOf(client, place, repository, folder);
  const isAsked = place.folder !== undefined || own.configuration !== undefined || Boolean(own.bundle?.size);
  const shared = isAsked ? undefined : await sharedPolicy(client, organisation, place);
  return {
    viewer: viewer.login,
    defaultBranch: branch.name,
    folder,
    commit: branch.target.oid,
    ...own,
    ...shared,
    history: repository.history?.isTruncated ? undefined : (repository.history?.text ?? undefined),
    attributes: repository.attributes?.isTruncated ? undefined : (repository.attributes?.text ?? undefined),
    owners:
      [repository.owners1, repository.owners2, repository.owners3].find((one) => one?.text)?.text ??
      undefined,
  };
}

type PolicyText = Pick<TrustedText, "configuration" | "bundle">;
type PolicyAnswer = NonNullable<z.infer<ReturnType<typeof answer>>["organisation"]>;

async function policyOf(
  client: GitHubClient,
  { owner, name }: Pick<Place, "owner" | "name">,
  { configuration, bundle }: PolicyAnswer,
  folder: string,
): Promise<PolicyText> {
  const entries = bundle?.entries ?? undefined;
  return {
    ...optional("configuration", whole(configuration, configurationPath)),
    ...optional("bundle", entries && (await filesOf(client, { owner, name, folder }, entries))),
  };
}

function whole(value: z.infer<ReturnType<typeof blob>>, path: string): string | undefined {
  if (value?.isTruncated) {
    throw new UserError(
      "policy-too-large",
      `${path} is too large for GitHub to give whole. Make it smaller; policy is never read in part.`,
    );
  }
  return value?.text ?? undefined;
}

/** The policy that the owner keeps for repositories without one, where it speaks for this one. */
async function sharedPolicy(
  client: GitHubClient,
  found: PolicyAnswer | null | undefined,
  { owner, name }: Place,
): Promise<(PolicyText & { commit: string; source: string }) | undefined> {
  const commit = found?.defaultBranchRef?.target?.oid;
  if (!found || commit === undefined) return undefined;
  const shared = { owner, name: organisationRepository };
  const policy = await policyOf(client, shared, found, defaultBundleFolder);
  if (policy.configuration === undefined && !policy.bundle?.size) return undefined;
  const source = `${owner}/${organisationRepository}`;
  // Reading YAML is for the few repositories that need it.
  const [{ readConfiguration }, { speaksFor }] = await Promise.all([
    import("../policy/resolve.ts"),
    import("../../core/policy/repositories.ts"),
  ]);
  const { repositories } = readConfiguration(policy.configuration, source);
  return speaksFor(repositories, name) ? { ...policy, commit, source } : undefined;
}

type Entry = { name: string; type: string; object?: z.infer<ReturnType<typeof blob>> };

async function filesOf(
  client: GitHubClient,
  { owner, name, folder }: { owner: string; name: string; folder: string },
  entries: Entry[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of entries.filter((one) => one.type === "blob")) {
    const path = `${folder}/${entry.name}`;
    const { oid, isTruncated } = entry.object ?? {};
    const isLongModel = isTruncated && isModelFile(entry.name) && oid !== undefined;
    const content = isLongModel
      ? await wholeText(client, { owner, name, oid, path })
      : whole(entry.object, path);
    if (content !== undefined) files.set(entry.name, content);
  }
  return files;
}

/** The files of a folder at a trusted commit: one request more, where the configuration names another one. */
export async function readBundleFolder(
  client: GitHubClient,
  place: { owner: string; name: string; folder: string; commit: string },
): Promise<Map<string, string> | undefined> {
  const folderQuery = `query Bundle($owner: String!, $name: String!, $bundle: String!) {
    repository(owner: $owner, name: $name) {
      bundle: object(expression: $bundle) { ... on Tree { entries { name type object { ... on Blob { oid text isTruncated isBinary } } } } }
    }
  }`;
  const data = await ask(`the policy folder ${place.folder}`, () =>
    client.graphql(folderQuery, {
      owner: place.owner,
      name: place.name,
      bundle: `${place.commit}:${place.folder}`,
    }),
  );
  const parsed = z.object({ repository: z.object({ bundle: bundleAnswer() }) }).parse(data);
  const entries = parsed.repository.bundle?.entries ?? undefined;
  return entries && filesOf(client, place, entries);
}
