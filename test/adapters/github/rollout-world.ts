import { getOctokit } from "@actions/github";
import type { GitHubClient } from "../../../adapters/github/client.ts";
import { type EmulatedGitHub, type Permissions, startGitHub } from "../../../emulated/github/index.ts";
import { git, smallRepository } from "../../emulated/small-repository.ts";

/** An emulated GitHub with one repository, asked with a job's token. */
export const shop = "acme/shop";
const jobToken = "job-token";

export type RolloutWorld = {
  github: EmulatedGitHub;
  client: GitHubClient;
  commit: string;
  close(): Promise<void>;
};

export async function rolloutWorld(
  permissions: Permissions = { issues: "write", deployments: "write" },
): Promise<RolloutWorld> {
  const repository = smallRepository();
  const github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder },
        collaborators: { maria: "admin", eve: "read" },
      },
    ],
    users: [{ login: "mallory" }],
    tokens: {
      [jobToken]: { app: "github-actions", permissions },
      maria: { user: "maria" },
      mallory: { user: "mallory" },
    },
  });
  return {
    github,
    client: getOctokit(jobToken, { baseUrl: github.url }),
    commit: git(repository.folder, "rev-parse", "HEAD"),
    close: async () => {
      await github.close();
      repository.remove();
    },
  };
}
