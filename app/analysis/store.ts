import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import { measurements } from "../../core/analysis/measurements.ts";
import { verdict } from "../../core/analysis/verdict.ts";
import { digest } from "../../core/evidence/canonical.ts";

const plan = z.object({
  firstEnd: z.number(),
  windowSeconds: z.number(),
  windows: z.int(),
  settleSeconds: z.number(),
});

const comparison = z.object({
  id: z.string(),
  run: z.string(),
  step: z.coerce.number(),
  service: z.string(),
  environment: z.string(),
  plan,
  weights: z.array(z.tuple([z.number(), z.number()])),
  measurements: measurements.nullable(),
  counting: z.record(z.string(), z.array(z.number().nullable())),
  looked_to: z.coerce.number(),
  final: z.enum(["promote", "rollback"]).nullable(),
  document: verdict.nullable(),
  passed_at: z.coerce.date().nullable(),
});
/** A comparison as it is kept. */
export type Comparison = z.infer<typeof comparison>;

export type New = Pick<Comparison, "id" | "run" | "step" | "service" | "environment" | "plan" | "weights">;

/** What nobody asked about for so long is over: the next ask, of a retry for example, begins anew. */
export const quietMs = 60 * 60 * 1000;
/** The weight changes with steps; more changes than this are noise of whoever asks. */
const mostWeights = 1000;

export const quietSince = (now: Date): string => new Date(now.getTime() - quietMs).toISOString();

/** The comparison as it stands, noted as asked about; undefined where none is under way. */
export async function found(
  database: Queries,
  repository: string,
  id: string,
  now: Date,
): Promise<Comparison | undefined> {
  const [row] = await database.query(
    "update analyses set asked_at = greatest(asked_at, $3) where repository = $1 and id = $2 and asked_at >= $4 returning *",
    [repository, id, now.toISOString(), quietSince(now)],
  );
  if (!row) return undefined;
  const { data } = comparison.safeParse(row);
  // What cannot be read would stay so with every ask: whoever asks begins anew.
  if (!data) await database.query("delete from analyses where repository = $1 and id = $2", [repository, id]);
  return data;
}

/** Any comparison by its name, for whoever wants to read its verdict. */
export async function byName(
  database: Queries,
  repository: string,
  id: string,
): Promise<Comparison | undefined> {
  const [row] = await database.query("select * from analyses where repository = $1 and id = $2", [
    repository,
    id,
  ]);
  return comparison.safeParse(row).data;
}

/** Begins a comparison, unless another replica has done so meanwhile: then that one stands. */
export async function begin(database: Queries, repository: string, fresh: New, now: Date): Promise<void> {
  await database.query(
    `insert into analyses (repository, id, run, step, service, environment, plan, weights, asked_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9)
     on conflict (repository, id) do update set plan = excluded.plan, weights = excluded.weights,
       asked_at = excluded.asked_at, service = excluded.service, environment = excluded.environment,
       measurements = null, counting = '{}', looked_to = 0, final = null, document = null, passed_at = null
     where analyses.asked_at < $10`,
    [
      repository,
      fresh.id,
      fresh.run,
      fresh.step,
      fresh.service,
      fresh.environment,
      JSON.stringify(fresh.plan),
      JSON.stringify(fresh.weights),
      now.toISOString(),
      quietSince(now),
    ],
  );
}

/** How many rollouts of a repository were begun or asked about of late. */
export async function countOf(database: Queries, repository: string, now: Date): Promise<number> {
  const [row] = await database.query(
    "select count(*) as rows from analyses where repository = $1 and asked_at >= $2",
    [repository, quietSince(now)],
  );
  return z.object({ rows: z.coerce.number() }).parse(row).rows;
}

/** A step of the rollout that was taken back, noted as asked about: it is over for as long as somebody asks. */
export async function takenBack(
  database: Queries,
  repository: string,
  run: string,
  now: Date,
): Promise<Comparison | undefined> {
  const rows = await database.query(
    `update analyses set asked_at = greatest(asked_at, $3)
     where repository = $1 and run = $2 and final = 'rollback' and asked_at >= $4 returning *`,
    [repository, run, now.toISOString(), quietSince(now)],
  );
  const read = rows.flatMap((row) => comparison.safeParse(row).data ?? []);
  return read.sort((one, other) => one.step - other.step)[0];
}

const step = comparison.pick({ step: true, passed_at: true });
export type Step = z.infer<typeof step>;

/** The newest step of a rollout. Quiet does not undo that it was begun: the candidate may have traffic. */
export async function lastStep(
  database: Queries,
  repository: string,
  run: string,
): Promise<Step | undefined> {
  const [row] = await database.query(
    "select step, passed_at from analyses where repository = $1 and run = $2 order by step desc limit 1",
    [repository, run],
  );
  return row && step.parse(row);
}

/** Gives the steps of an attempt that is over a name of their own: nobody is answered out of them, and they still teach. */
export async function setApart(database: Queries, repository: string, run: string, now: Date): Promise<void> {
  await database.query(
    "update analyses set run = $3, id = $3 || '-' || step where repository = $1 and run = $2",
    [repository, run, digest({ run, over: now.toISOString() }).slice(0, 32)],
  );
}

export async function noteWeights(
  database: Queries,
  repository: string,
  { id, weights }: Pick<Comparison, "id" | "weights">,
): Promise<void> {
  if (weights.length > mostWeights) return;
  await database.query("update analyses set weights = $3::jsonb where repository = $1 and id = $2", [
    repository,
    id,
    JSON.stringify(weights),
  ]);
}

/** What was measured and what it came to, together: a crash leaves both or neither. What is final stays. */
export async function keep(
  database: Queries,
  repository: string,
  { id, measurements, counting, looked_to, final, document }: Comparison,
): Promise<void> {
  await database.query(
    `update analyses set measurements = $3::jsonb, looked_to = $4, final = $5, document = $6::jsonb, counting = $7::jsonb
     where repository = $1 and id = $2 and final is null and looked_to <= $4`,
    [
      repository,
      id,
      JSON.stringify(measurements),
      looked_to,
      final,
      JSON.stringify(document),
      JSON.stringify(counting),
    ],
  );
}

export async function notePassed(
  database: Queries,
  repository: string,
  id: string,
  now: Date,
): Promise<void> {
  await database.query(
    "update analyses set passed_at = coalesce(passed_at, $3) where repository = $1 and id = $2",
    [repository, id, now.toISOString()],
  );
}

const past = z.object({ measurements, final: z.enum(["promote", "rollback"]).nullable() });
const mostPast = 60;

/** Earlier rollouts of the same service, which noise is learnt from, the newest first; none of its own steps. */
export async function pastOf(
  database: Queries,
  repository: string,
  { run, service, environment }: Pick<Comparison, "run" | "service" | "environment">,
): Promise<z.infer<typeof measurements>[]> {
  const rows = await database.query(
    `select measurements, final from analyses
     where repository = $1 and service = $2 and environment = $3 and run <> $4 and measurements is not null
     order by asked_at desc, id limit ${mostPast}`,
    [repository, service, environment, run],
  );
  return rows.flatMap((row) => {
    const { data } = past.safeParse(row);
    if (!data) return [];
    const outcome = { promote: "completed", rollback: "rolled-back" } as const;
    return [{ ...data.measurements, outcome: data.final === null ? "cut-short" : outcome[data.final] }];
  });
}
