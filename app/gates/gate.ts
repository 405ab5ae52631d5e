import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import { lookAgainAt } from "./word.ts";

/** The table of gates: what waits for the App's word, and what it said. */

const origin = z.object({
  ref: z.string(),
  default_branch: z.string(),
  sender: z.object({ login: z.string(), type: z.string() }),
});
const kept = z.object({
  repository: z.string(),
  run_id: z.coerce.number(),
  environment: z.string(),
  deployment_id: z.coerce.number(),
  sha: z.string(),
  installation_id: z.coerce.number(),
  origin,
  requested_at: z.coerce.date(),
  state: z.enum(["waiting", "answered", "expired"]),
  answer: z.enum(["approved", "rejected"]).nullable(),
  reports: z.number(),
  last_comment: z.string().nullable(),
});
export type Gate = z.infer<typeof kept>;
export type Which = { run?: number; environment?: string; sha?: string };
export type Answered = NonNullable<Gate["answer"]>;

const identity = "repository = $1 and run_id = $2 and environment = $3 and deployment_id = $4";
const idOf = (gate: Gate) => [gate.repository, gate.run_id, gate.environment, gate.deployment_id];

export const gateKey = (gate: Gate): string => `gate ${idOf(gate).join(" ")}`;

/** What the gate is about, as the deployment's own event would say it. */
export function subjectOfGate({ repository, environment, sha, origin: from }: Gate): Subject {
  return subjectOfEvent("deployment", {
    repository: { full_name: repository, default_branch: from.default_branch },
    sender: from.sender,
    deployment: { sha, environment, ref: from.ref },
  });
}

/** Undefined where it was answered before: a repeated delivery. A newer request takes an older one's place. */
export async function keepGate(
  database: Queries,
  asked: Pick<
    Gate,
    | "repository"
    | "run_id"
    | "environment"
    | "deployment_id"
    | "sha"
    | "installation_id"
    | "origin"
    | "requested_at"
  >,
): Promise<Gate | undefined> {
  const id = [asked.repository, asked.run_id, asked.environment, asked.deployment_id];
  await database.query(
    `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict do nothing`,
    [...id, asked.sha, asked.installation_id, JSON.stringify(asked.origin), asked.requested_at],
  );
  await database.query(
    `update gates old set state = 'expired' where repository = $1 and run_id = $2 and environment = $3
       and state = 'waiting' and exists (
         select 1 from gates newer where newer.repository = $1 and newer.run_id = $2 and newer.environment = $3
           and newer.deployment_id > old.deployment_id)`,
    id.slice(0, 3),
  );
  const [row] = await database.query(`select * from gates where ${identity} and state = 'waiting'`, id);
  return row && kept.parse(row);
}

export async function waitingGates(
  database: Queries,
  repository: string,
  { run, environment, sha }: Which,
): Promise<Gate[]> {
  const rows = await database.query(
    `select * from gates where repository = $1 and state = 'waiting'
       and ($2::bigint is null or run_id = $2) and ($3::text is null or environment = $3)
       and ($4::text is null or sha = $4)
     order by requested_at`,
    [repository, run ?? null, environment ?? null, sha ?? null],
  );
  return rows.map((row) => kept.parse(row));
}

/**
 * True for one caller only, and never twice for one comment: a report whose outcome is unknown is not repeated. One
 * that differs in the moment of the next look alone says nothing new.
 */
export async function claimReport(
  database: Queries,
  gate: Gate,
  comment: string,
  mostReports: number,
): Promise<boolean> {
  const claimed = await database.query(
    `update gates set reports = reports + 1, last_comment = $5
     where ${identity} and state = 'waiting' and reports < $6 
       and regexp_replace(last_comment, $7, '') is distinct from regexp_replace($5, $7, '') returning reports`,
    [...idOf(gate), comment, mostReports, lookAgainAt("[0-9TZ:-]+")],
  );
  return claimed.length > 0;
}

/** What is known of how a gate ended. Without an answer of our own it is "expired", and nothing passed. */
export type Ending = { state: "answered"; answer: Answered; withinPolicy: boolean } | { state: "expired" };

export async function closeGate(database: Queries, gate: Gate, ending: Ending, at: Date): Promise<void> {
  const { answer = null, withinPolicy = false } = ending.state === "answered" ? ending : {};
  await database.query(
    `update gates set state = $5, answer = $6, within_policy = $7, answered_at = $8
     where ${identity} and state = 'waiting'`,
    [...idOf(gate), ending.state, answer, withinPolicy, at],
  );
}

/** What became of a deployment that passed here. A success stays one: anyone who may push could claim a failure. */
export async function noteOutcome(
  database: Queries,
  about: Pick<Gate, "repository" | "environment" | "deployment_id"> & { outcome: "success" | "failure" },
): Promise<void> {
  await database.query(
    `update gates set outcome = $4 where repository = $1 and environment = $2 and deployment_id = $3
       and outcome is distinct from 'success'`,
    [about.repository, about.environment, about.deployment_id, about.outcome],
  );
}
