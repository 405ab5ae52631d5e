import { ProbotOctokit } from "probot";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import type { GitHubClient } from "./client.ts";
import { careful, type RequestHook } from "./installation-requests.ts";
import { installationToken, type TokenSource } from "./installation-token.ts";
import { ownHostExchange } from "./own-host.ts";
import { publicApi } from "./places.ts";
import { githubTurnLimits, type TurnLimits, type Turns, turns } from "./turns.ts";
import { unwatched, type Watcher } from "./watcher.ts";

export { isTransient, retryAfterMs } from "./transient.ts";

export type InstallationsOptions = {
  appId: string;
  privateKey: string;
  /** A GitHub Enterprise Server's API; absent: github.com. */
  baseUrl?: string;
  /** The demo's GitHub is on loopback and answers at once: there is nothing to throttle. */
  demo?: boolean;
  warn(sentence: string): void;
  watcher?: Watcher;
  limits?: Partial<ClientLimits>;
  now?: () => number;
};

export type ClientLimits = TurnLimits & {
  timeoutMs: number;
  /** First wait before a read is asked again; the next ones are longer. */
  retryMs: number;
  /** No shorter than the longest of GitHub's windows, which would be forgotten with the client. */
  idleMs: number;
  /** A token is renewed so long before its end. */
  tokenMarginMs: number;
};

export const clientLimits: ClientLimits = {
  ...githubTurnLimits,
  timeoutMs: 15_000,
  retryMs: 250,
  idleMs: 3_700_000,
  tokenMarginMs: 5 * 60_000,
};

export type Installations = {
  /** Asks as an installation; its limits and its token are its own. */
  client(installation: number): Promise<GitHubClient>;
  /** Asks as the App itself. */
  app(): GitHubClient;
  identity(): Promise<{ id: string; slug: string }>;
  /** How many clients are held. */
  held(): number;
};

type Held = { client: GitHubClient; turns: Turns; usedAt: number };
const untold = Number.MAX_SAFE_INTEGER;

/** GitHub as each installation of the App sees it. One that is at its limit, or away, holds up nobody else. */
export function installations(options: InstallationsOptions): Installations {
  const limits = options.demo ? unlimited(options.limits) : { ...clientLimits, ...options.limits };
  const now = options.now ?? Date.now;
  const { warn, watcher = unwatched } = options;
  const baseUrl = (options.baseUrl ?? publicApi).replace(/\/+$/, "");
  const fetch = ownHostExchange(baseUrl, limits.timeoutMs);
  const log = { debug: quiet, info: quiet, warn: options.warn, error: options.warn };
  // Probot's throttle is process-wide and its retry sends writes twice: both are done here, by installation.
  const request = { fetch, parseSuccessResponseBody: false };
  const plain = { baseUrl, log, request, throttle: { enabled: false }, retry: { enabled: false } };

  const app = new ProbotOctokit({
    ...plain,
    auth: { appId: options.appId, privateKey: options.privateKey },
  });
  // The first hook is the innermost: it sees each attempt, and none of the waiting before it.
  app.hook.wrap("request", watched(watcher));
  app.hook.wrap("request", careful({ turns: turns(limits, now), limits, now, warn, watcher }));
  let identity: Promise<{ id: string; slug: string }> | undefined;
  const held = new Map<number, Held>();
  let tidiedAt = now();

  function open(installation: number): Held {
    const token = installationToken(app, installation, { marginMs: limits.tokenMarginMs, now });
    const octokit = new ProbotOctokit({
      ...plain,
      authStrategy: strategyOf(token, watched(watcher, installation)),
      auth: {},
    });
    const own = turns(limits, now);
    const hook = careful({ turns: own, limits, now, warn, watcher, renew: token.renew });
    octokit.hook.wrap("request", hook);
    return { client: octokit, turns: own, usedAt: now() };
  }

  /** Seldom enough to cost nothing; an installation that is at work is never dropped. */
  function dropIdle(): void {
    if (now() - tidiedAt < limits.idleMs / 10) return;
    tidiedAt = now();
    for (const [installation, one] of held)
      if (now() - one.usedAt > limits.idleMs && one.turns.isIdle()) held.delete(installation);
  }

  return {
    async client(installation) {
      dropIdle();
      const one = held.get(installation) ?? open(installation);
      one.usedAt = now();
      held.set(installation, one);
      return one.client;
    },
    app: () => app,
    identity() {
      identity ??= askIdentity(app).catch((error: unknown) => {
        identity = undefined;
        throw error;
      });
      return identity;
    },
    held: () => held.size,
  };
}

const quiet = (): void => undefined;

function unlimited(given: Partial<ClientLimits> | undefined): ClientLimits {
  const none = { writesAtOnce: untold, writesPerMinute: untold, commentsPerMinute: untold };
  return { ...clientLimits, ...none, commentsPerHour: untold, ...given };
}

function watched(watcher: Watcher, installation?: number): RequestHook {
  return (request, endpoint) => {
    const { method, url } = endpoint;
    return watcher.request({ method, url, ...optional("installation", installation) }, async () =>
      request(endpoint),
    );
  };
}

/** Octokit's way to say where a token comes from. */
function strategyOf(token: TokenSource, send: RequestHook) {
  const hook: RequestHook = async (request, endpoint) => {
    endpoint.headers.authorization = `token ${await token.current()}`;
    return send(request, endpoint);
  };
  return () => Object.assign(async () => ({ type: "installation" }), { hook });
}

const appAnswer = z.looseObject({ id: z.number(), slug: z.string() });

async function askIdentity(app: GitHubClient): Promise<{ id: string; slug: string }> {
  const { data } = await app.request("GET /app");
  const read = appAnswer.safeParse(data);
  if (read.success) return { id: String(read.data.id), slug: read.data.slug };
  throw new UserError(
    "github-unavailable",
    "GitHub's answer about the App itself has no id and slug. Is GITHUB_API_URL right?",
    exitCodes.unavailable,
  );
}
