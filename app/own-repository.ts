import * as z from "zod";
import type { GitHubClient } from "../adapters/github/client.ts";
import { exitCodes, UserError } from "../core/errors.ts";

/** Throws where a delivery names one installation and a repository of another account. */
export type OwnRepository = (installation: number | null, repository: string | null) => Promise<void>;

const installed = z.object({ account: z.object({ login: z.string() }) });
const keptMs = 3_600_000;
const mostKept = 5000;

/**
 * An installation is an account's, and its repositories bear that account's name. What is asked of GitHub in an
 * installation's name is about those alone: a public repository of somebody else could be read with any token. Asked
 * once an hour for each installation, and anew where the answer does not fit, since an account may be renamed.
 */
export function ownRepositories(app: GitHubClient, now: () => Date): OwnRepository {
  const known = new Map<number, { login: string; until: number }>();

  const ask = async (installation: number): Promise<string> => {
    const { data } = await app.request("GET /app/installations/{installation_id}", {
      installation_id: installation,
    });
    const { login } = installed.parse(data).account;
    if (known.size >= mostKept) known.clear();
    known.set(installation, { login: login.toLowerCase(), until: now().getTime() + keptMs });
    return login.toLowerCase();
  };

  return async (installation, repository) => {
    if (installation === null || repository === null) return;
    const owner = repository.split("/", 1)[0]?.toLowerCase();
    const before = known.get(installation);
    if (before?.login === owner && before !== undefined && before.until > now().getTime()) return;
    if ((await ask(installation)) === owner) return;
    throw new UserError(
      "wrong-installation",
      `The delivery is of ${repository}, which installation ${installation} of the App does not hold. Nothing was asked in its name.`,
      exitCodes.badInput,
    );
  };
}
