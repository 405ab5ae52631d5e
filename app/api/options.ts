import type { Database } from "../../adapters/database/database.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { Decision } from "../../core/decision/shape.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import type { Ledger } from "../../core/ports.ts";
import type { FlaggerGate } from "../analysis/flagger.ts";
import type { Analyses } from "../analysis/index.ts";

/** A repository that the App is installed on. */
export type Installed = {
  /** "owner/name" as GitHub spells it; facts and ledger are kept under it. */
  name: string;
  /** GitHub's number of it, which a renamed or recreated repository does not share. */
  id?: string;
  defaultBranch: string;
  /** The installation of the App that sees it. */
  installation: number;
};

export type Written = Pick<NewEvent, "kind" | "body">;

export type DecisionRequest = {
  repository: string;
  head: string;
  environment?: string;
  service?: string;
  facts?: ChangeFacts;
  /** Under which the facts are kept: a later report of the same source takes an earlier one's place. */
  source: string;
  /** Whether the facts come from where a pull request cannot edit what measures them. */
  trusted: boolean;
  actor: string;
};

export type ActivePolicy = {
  /** The files of the bundle by name, parsed. */
  documents: Record<string, unknown>;
  version: { name: string; hash: string; commit: string };
};

export type ApiOptions = {
  database: Database;
  now(): Date;
  /** Who issues the tokens of GitHub Actions: https://token.actions.githubusercontent.com, or a GHES's own. */
  issuer: string;
  /** What a token has to be made for: the App's own address. */
  audience: string;
  /** Values of `job_workflow_ref` that are trusted beside the default branch; a `*` at the end stands for any end. */
  workflows: readonly string[];
  installed(repository: string): Promise<Installed | undefined>;
  ledger(repository: string): Ledger;
  /** Told of what was appended, once it stands there. */
  written(repository: Installed, stream: string, events: readonly Written[]): Promise<void>;
  policyOf(owner: string, name: string): Promise<ActivePolicy>;
  decide(request: DecisionRequest): Promise<Decision>;
  /** Verdicts for controllers of rollouts. */
  analyses: Analyses;
  flagger: FlaggerGate;
  warn(sentence: string): void;
  /** Requests a caller may make in a minute; 600 where absent. */
  requestsPerMinute?: number;
  /** Requests without a good token that are answered with 401 in a minute for one address, and then with 429; 60. */
  failuresPerMinute?: number;
};
