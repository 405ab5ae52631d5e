import { gitReverts } from "../../actions/rollout/git-reverts.ts";
import type { TargetSurroundings } from "../../adapters/targets/index.ts";
import { optional } from "../../core/optional.ts";
import type { Ledger } from "../../core/ports.ts";
import type { Arguments } from "../arguments.ts";
import type { Terminal } from "../terminal.ts";

/** With the shell's GITHUB_TOKEN the revert is proposed from here; without one it is a person's to make. */
export async function revertsHere(
  ledger: Ledger,
  argument: Arguments,
  { environment }: Terminal,
): Promise<Pick<TargetSurroundings, "gitRevert">> {
  const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl, GITHUB_REPOSITORY: own } = environment;
  if (!token) return {};
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(token, optional("baseUrl", baseUrl));
  const repository = argument.given("repository") ?? own;
  return { gitRevert: gitReverts(client, { ledger, now: Date.now, ...optional("repository", repository) }) };
}
