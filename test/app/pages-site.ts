import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Octokit } from "@octokit/rest";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { createPages, type PageOptions, type Pages } from "../../app/pages/index.ts";
import { type Decision, decisionDocument } from "../../core/decision/shape.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import type { Head } from "../../core/ports.ts";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { freshDatabase } from "../database.ts";
import { smallRepository } from "../emulated/small-repository.ts";

/** The page on a real server, over a real database and the emulated GitHub, with decisions and approvals in it. */

export type Site = Awaited<ReturnType<typeof startSite>>;
export const clientSecret = "client-secret-of-the-app";
export const head = "83f729812f2e0b4de81e958bc4b0a2e6fff6b2f7";

const sharedPeople = { maria: "admin", ben: "read" } as const;

export async function startSite(change: Partial<PageOptions> = {}) {
  const repository = smallRepository();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  const github = await startGitHub({
    users: [{ login: "maria" }, { login: "ben" }, { login: "outsider" }],
    repositories: ["shop", "secret"].map((name) => ({
      owner: "acme",
      name,
      folder: repository.folder,
      private: true,
      collaborators: name === "shop" ? sharedPeople : { maria: "read" as const },
    })),
    apps: [{ slug: "deployer", id: 7, oauth: { clientSecret, callbackUrls: [`${url}/sign-in/callback`] } }],
  });
  const database = await freshDatabase();
  const clock = { now: new Date("2026-11-21T14:23:00Z") };
  const warnings: string[] = [];
  const options: PageOptions = {
    database,
    ledger: (name) => sqlLedger(database, name),
    publicUrl: url,
    signIn: signInAt(github),
    now: () => clock.now,
    secret: "a secret of at least thirty-two characters",
    ask: (token) => new Octokit({ auth: token, baseUrl: github.url, log: quiet }),
    warn: (sentence) => warnings.push(sentence),
    ...change,
  };
  let pages: Pages = createPages(options);
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await pages.handle(request, response))) response.writeHead(418).end("no page");
  }
  return {
    url,
    github,
    database,
    clock,
    warnings,
    options,
    restart: (again: Partial<PageOptions>) => {
      pages = createPages({ ...options, ...again });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
      await github.close();
      repository.remove();
    },
  };
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function signInAt(github: EmulatedGitHub) {
  return {
    clientId: "Iv1.7",
    clientSecret,
    authorizeUrl: `${github.url}/login/oauth/authorize`,
    tokenUrl: `${github.url}/login/oauth/access_token`,
    apiUrl: github.url,
  };
}

export function decisionFixture(name: string, change: Partial<Decision> = {}): Decision {
  const file = new URL(`../fixtures/decisions/${name}.json`, import.meta.url);
  return decisionDocument.parse({
    ...decisionDocument.parse(JSON.parse(readFileSync(file, "utf8"))),
    ...change,
  });
}

export async function addDecision(site: Site, repository: string, decision: Decision): Promise<void> {
  const { subject } = decision;
  await site.database.query(
    `insert into decisions (repository, decision_id, head, pull_request, environment, decided_at, document)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      repository,
      decision.decision_id,
      subject.head ?? null,
      subject.pull_request ?? null,
      decision.environment,
      decision.decided_at,
      JSON.stringify(decision),
    ],
  );
}

export async function addEvents(
  site: Site,
  repository: string,
  events: Omit<NewEvent, "nonce">[],
  stream = "changes",
  behind: Head | null = null,
): Promise<void> {
  const sealed = events.map((event) => ({ ...event, nonce: randomBytes(16).toString("hex") }));
  await sqlLedger(site.database, repository).append(stream, sealed, behind);
}

export function approval(id: number, actor: string, reason: string): Omit<NewEvent, "nonce"> {
  return {
    kind: "approval",
    at: `2026-11-21T1${id % 4}:05:00Z`,
    actor,
    body: {
      pointer: {
        kind: "comment",
        repository: "acme/shop",
        id,
        pull_request: 418,
        head_sha: head,
        environment: "production",
        actor,
      },
      reason,
      policy: { name: "regulated", hash: "f".repeat(64), commit: head },
    },
  };
}

export async function addParked(
  site: Site,
  about: { repository: string | null; error: string; payload?: string },
): Promise<void> {
  await site.database.query(
    `insert into inbox (delivery_id, event, action, installation_id, repository, lane, payload, state, attempts, error)
     values ($1, 'pull_request', 'opened', 77, $2, 'lane', $3, 'parked', 8, $4)`,
    [`0b989ba4-${randomBytes(4).toString("hex")}`, about.repository, about.payload ?? "{}", about.error],
  );
}
