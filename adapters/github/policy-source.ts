import { optional } from "../../core/optional.ts";
import {
  type AskedPolicy,
  type PolicySource,
  type ResolvedPolicy,
  resolvePolicy,
} from "../policy/resolve.ts";
import type { GitHubClient } from "./client.ts";
import { readBundleFolder, readTrustedText, type TrustedText } from "./trusted-text.ts";

type Place = { owner: string; name: string };

/** Policy as the default branch has it; a folder that was not read with the rest costs one request more. */
export function sourceOf(client: GitHubClient, { owner, name }: Place, text: TrustedText): PolicySource {
  const [sourceOwner = owner, sourceName = name] = text.source?.split("/") ?? [];
  return {
    commit: text.commit,
    ...optional("repository", text.source),
    ...(text.configuration === undefined ? {} : { configuration: text.configuration }),
    defaultFolder: text.folder,
    folder: async (path: string) =>
      path === text.folder
        ? text.bundle
        : readBundleFolder(client, {
            owner: sourceOwner,
            name: sourceName,
            folder: path,
            commit: text.commit,
          }),
  };
}

/** The policy that speaks for a repository now, or the one that a run's input names. */
export async function activePolicy(
  client: GitHubClient,
  place: Place,
  asked?: AskedPolicy,
): Promise<ResolvedPolicy> {
  const text = await readTrustedText(client, { ...place, base: "HEAD" });
  return resolvePolicy(sourceOf(client, place, text), asked);
}
