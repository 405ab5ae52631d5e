import { gitRepository } from "../adapters/git/repository.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { optional } from "../core/optional.ts";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** GitHub as flags, environment and checkout say it; `what` says which words of the command ask for it. */
export async function gitHubHere(
  argument: Arguments,
  { environment }: Terminal,
  what: string,
): Promise<{ client: GitHubClient; repository: string }> {
  const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl, GITHUB_REPOSITORY: own } = environment;
  const named = argument.given("repository") ?? own;
  const repository = token && (named ?? (await gitRepository(argument.given("repo") ?? ".").name()));
  if (!repository)
    throw new UserError(
      "no-token",
      `${what} GitHub: set GITHUB_TOKEN, and pass --repository owner/name where the remote origin does not say it.`,
      exitCodes.unavailable,
    );
  const { getOctokit } = await import("@actions/github");
  return { client: getOctokit(token, optional("baseUrl", baseUrl)), repository };
}
