import type { Database } from "../../adapters/database/database.ts";
import type { GitHubClient } from "../../adapters/github/client.ts";
import type { Anchor } from "../../core/evidence/verify.ts";
import type { Ledger } from "../../core/ports.ts";

export type SignIn = {
  clientId: string;
  clientSecret: string;
  /** GitHub's own addresses, or those of the GHES in use: nothing else is ever called. */
  authorizeUrl: string;
  tokenUrl: string;
  apiUrl: string;
};

export type PageOptions = {
  database: Database;
  ledger(repository: string): Ledger;
  /** Where people reach the page, for example https://deploy.example.com: cookies and the way back depend on it. */
  publicUrl: string;
  /** "open-on-loopback" shows everything to whoever is on this machine: for the demo only, and the page says so. */
  signIn: SignIn | "open-on-loopback";
  now(): Date;
  /** At least 32 characters, the same for every replica; a new one signs everybody out. */
  secret: string;
  /** Asks GitHub with a person's own token. */
  ask(token: string): Pick<GitHubClient, "request">;
  /** Heads of the ledger as they were seen elsewhere. Without any, the page says that nothing pins the ledger. */
  anchors?(repository: string): Promise<Anchor[]>;
  /** Told of a page that could not be made; the reader is told only that. */
  warn?(sentence: string): void;
};
