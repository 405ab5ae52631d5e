import { rm } from "node:fs/promises";
import { addPull, addRun, addToken, buildWorld, type RunOptions } from "./build-state.ts";
import { type Events, eventsOf, type SendOptions, sendEvent } from "./events/index.ts";
import type { Payload } from "./events/payloads.ts";
import { fallback } from "./fallback.ts";
import { type Fault, faults } from "./faults.ts";
import { githubSchema } from "./graphql/schema.ts";
import { prepareSchemas, type Violation } from "./openapi.ts";
import type { GitHubOptions, PullOptions, TokenOptions } from "./options.ts";
import { portOf } from "./port.ts";
import type { RecordedRequest } from "./recorded.ts";
import { serve } from "./server.ts";
import {
  type Delivery,
  type Pull,
  type Repository,
  repositoryKey,
  type WorkflowRun,
  type World,
} from "./state.ts";

export type { Events } from "./events/index.ts";
export type { Runner } from "./events/runner.ts";
export type { Fault } from "./faults.ts";
export type { Violation } from "./openapi.ts";
export type { GitHubOptions, Permissions, PullOptions, RepositoryOptions, TokenOptions } from "./options.ts";
export type { RecordedRequest } from "./recorded.ts";
export { longestChain, roundTrips } from "./round-trips.ts";
export type { CheckRun, Comment, Issue, Pull, Repository, World } from "./state.ts";

export type EmulatedGitHub = {
  /** Base of the REST API, without a slash at the end; `${url}/api/v3` serves the same. */
  url: string;
  graphqlUrl: string;
  /** All state: tests read it for assertions and may write it where no API does. */
  world: World;
  repository(fullName: string): Repository;
  requests: RecordedRequest[];
  failNext(fault: Fault): void;
  clearFaults(): void;
  /** Where a request or an answer breaks GitHub's own OpenAPI or GraphQL schema. Empty in every good test. */
  violations(): Violation[];
  clearViolations(): void;
  addToken(token: string, about: TokenOptions): void;
  openPull(fullName: string, about: PullOptions): Promise<Pull>;
  /** A workflow run, which no API of GitHub's makes. */
  addRun(fullName: string, about: RunOptions): WorkflowRun;
  /** Payloads made from the state, and the file and variables that a runner gives to an Action. */
  events(fullName: string): Events;
  sendEvent(name: string, payload: Payload, options: SendOptions): Promise<Delivery>;
  close(): Promise<void>;
};

/** A GitHub on loopback, backed by real git repositories on disk. See README.md beside this file. */
export async function startGitHub(options: GitHubOptions): Promise<EmulatedGitHub> {
  if (options.latencyMs) {
    prepareSchemas();
    githubSchema();
  }
  const world = await buildWorld(options);
  const requests: RecordedRequest[] = [];
  const violations: Violation[] = [];
  const failures = faults();
  const other = fallback(world);
  const server = serve({
    world,
    faults: failures,
    requests,
    violations,
    latencyMs: options.latencyMs ?? 0,
    fallback: other.answer,
  });
  // Node by itself closes connections after five seconds; a slow machine's next request would find them closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  world.url = `http://127.0.0.1:${portOf(address)}`;

  const repository = (fullName: string): Repository => {
    const found = world.repositories.get(repositoryKey(fullName));
    if (!found) throw new Error(`The emulator holds no repository ${fullName}.`);
    return found;
  };
  return {
    url: world.url,
    graphqlUrl: `${world.url}/graphql`,
    world,
    repository,
    requests,
    failNext: failures.add,
    clearFaults: failures.clear,
    violations: () => [...violations],
    clearViolations: () => {
      violations.length = 0;
    },
    addToken: (token, about) => addToken(world, token, about),
    openPull: (fullName, about) => addPull(world, repository(fullName), about),
    addRun: (fullName, about) => addRun(world, repository(fullName), about),
    events: (fullName) => eventsOf(world, repository(fullName)),
    sendEvent: (name, payload, sending) => sendEvent(world, violations, name, payload, sending),
    close: async () => {
      server.closeAllConnections();
      await other.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      for (const one of world.repositories.values()) one.git.close();
      await Promise.all(world.folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
