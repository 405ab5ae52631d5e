import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { oidcToken } from "../adapters/github/oidc-token.ts";
import { originOf } from "../adapters/ledgers/app-asking.ts";
import { openLedger } from "../adapters/ledgers/index.ts";
import { configurationPath, ledgerFolder } from "../adapters/policy/places.ts";
import { readConfiguration } from "../adapters/policy/resolve.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import type { Ledger } from "../core/ports.ts";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** The ledger that the flags name, else the one of the checkout's own configuration, else its branches. */
export function openHome(argument: Arguments, terminal: Terminal): Ledger {
  return homeOf(argument, terminal, false).ledger;
}

/** The same where one is named or configured; null where rollouts are written down nowhere. */
export function homeIfAny(argument: Arguments, terminal: Terminal): Ledger | null {
  const named = argument.given("folder") ?? argument.given("url");
  const { home = "none" } = named === undefined ? configuredHome(argument.value("repo")) : { home: named };
  return home === "none" ? null : openHome(argument, terminal);
}

/** The same for a verb that writes, which may begin a ledger of files; with the kind of its home. */
export function openWritableHome(argument: Arguments, terminal: Terminal): Home {
  const named = argument.given("folder") ?? argument.given("url");
  const { home } = named === undefined ? configuredHome(argument.value("repo")) : { home: undefined };
  if (named !== undefined || (home !== undefined && home !== "none")) return homeOf(argument, terminal, true);
  return missing(
    "A rollout stands in a ledger, so that others can go on with it. Pass --folder for one of files on this machine, or write `ledger: { home: … }` into .github/adaptive-deploy.yml.",
  );
}

export type Home = { kind: "file" | "git-branch" | "app"; ledger: Ledger };

function homeOf(argument: Arguments, terminal: Terminal, mayBegin: boolean): Home {
  const repository = argument.value("repo");
  const named = argument.given("folder") ?? argument.given("url");
  const { home, ...configured } = named === undefined ? configuredHome(repository) : { home: undefined };
  const url = argument.given("url") ?? (home === "app" ? configured.url : undefined);
  if (url !== undefined) return { kind: "app", ledger: appHome(url, argument, terminal) };
  const ofFiles = home === "file" ? ledgerFolder(repository, configured.folder) : undefined;
  const folder = argument.given("folder") ?? ofFiles;
  if (folder !== undefined && !mayBegin && !existsSync(folder)) {
    throw new UserError(
      "ledger-not-found",
      `There is no folder ${folder}, so no ledger yet. A decision with --record or a rollout begins it; another folder: --folder.`,
    );
  }
  const remote = argument.value("remote");
  const ledger = folder
    ? openLedger("file", { folder })
    : openLedger("git-branch", { folder: repository, remote: remote === "none" ? null : remote });
  if (ledger === null) return missing("No ledger was named: pass --folder, or --repo of a checkout.");
  return { kind: folder ? "file" : "git-branch", ledger };
}

type Configured = { home?: string; folder?: string | undefined; url?: string | undefined };

function configuredHome(repository: string): Configured {
  const path = join(repository, configurationPath);
  return readConfiguration(existsSync(path) ? readFileSync(path, "utf8") : undefined).ledger ?? {};
}

/** A service token of whoever audits, or the token of the job of GitHub Actions that this runs in. */
function appHome(url: string, argument: Arguments, { environment }: Terminal): Ledger {
  const repository = argument.given("repository") ?? environment.GITHUB_REPOSITORY;
  if (!repository || !/^[\w.-]+\/[\w.-]+$/.test(repository))
    return missing("The App keeps many ledgers: pass --repository owner/name.");
  const secret = environment.ADAPTIVE_DEPLOY_TOKEN;
  const token = secret ? async () => secret : oidcToken({ environment, audience: originOf(url) });
  return openLedger("app", { url, repository, token }) ?? missing("No ledger was named.");
}

function missing(sentence: string): never {
  throw new UserError("ledger-not-configured", sentence, exitCodes.usage);
}
