import { UserError } from "../../core/errors.ts";
import type { Ledger } from "../../core/ports.ts";
import type { GitHubClient } from "../github/client.ts";
import { appLedger } from "./app.ts";
import { fileLedger } from "./file.ts";
import { gitBranchLedger } from "./git-branch.ts";
import { githubBranchLedger } from "./github-branch.ts";

/** What a ledger may need to be opened; each home takes what it needs and says what is missing. */
export type LedgerSettings = {
  /** Folder of the events for `file`; of the checkout for `git-branch` without a client. */
  folder?: string;
  /** "owner/name" on GitHub. */
  repository?: string;
  client?: GitHubClient;
  /** Remote that holds the branches over plain git; null keeps them in the checkout. Absent: `origin`. */
  remote?: string | null;
  /** Where the App is, for `app`. */
  url?: string;
  /** Gives the token that the App knows this writer by. */
  token?: () => Promise<string>;
};

/** Every home of a ledger; documentation, errors and the command line take their lists from here. */
const homes = {
  file: (settings: LedgerSettings): Ledger => {
    if (settings.folder === undefined) throw missing("file", "a folder");
    return fileLedger({ folder: settings.folder });
  },
  "git-branch": (settings: LedgerSettings): Ledger => {
    const { client, repository, folder, remote = "origin" } = settings;
    if (client !== undefined && repository !== undefined) return githubBranchLedger({ client, repository });
    if (folder === undefined)
      throw missing("git-branch", "a checkout, or a repository and a token for GitHub");
    return gitBranchLedger({ repository: folder, remote });
  },
  app: (settings: LedgerSettings): Ledger => {
    const { url, repository, token } = settings;
    if (url === undefined || repository === undefined || token === undefined)
      throw missing("app", "the App's address as url, and a job with `permissions: id-token: write`");
    return appLedger({ url, repository, token });
  },
  none: (): null => null,
};

export type LedgerHome = keyof typeof homes;
export const ledgerHomes: readonly string[] = Object.keys(homes);

function isHome(name: string): name is LedgerHome {
  return Object.hasOwn(homes, name);
}

/** Opens a ledger by the name of its home; null where policy wants none. */
export function openLedger(home: string, settings: LedgerSettings): Ledger | null {
  if (isHome(home)) return homes[home](settings);
  throw new UserError(
    "bad-ledger",
    `${JSON.stringify(home)} is no home of a ledger. Allowed: ${ledgerHomes.join(", ")}.`,
  );
}

function missing(home: string, what: string): UserError {
  return new UserError(
    "bad-ledger",
    `The ledger "${home}" needs ${what}. Name it under \`ledger:\` in .github/adaptive-deploy.yml.`,
  );
}
