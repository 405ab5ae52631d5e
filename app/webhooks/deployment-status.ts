import * as z from "zod";
import { isMirrored } from "../../adapters/github/mirror-task.ts";
import { streamsOf } from "../../adapters/ledgers/record-decision.ts";
import { decisionBody } from "../../core/decision/shape.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import { noteOutcome } from "../gates/gate.ts";
import type { Work } from "../ports.ts";
import { recordMissing } from "../record.ts";

const outcomes: Record<string, "success" | "failure"> = {
  success: "success",
  failure: "failure",
  error: "failure",
};
const event = z.object({
  repository: z.object({ full_name: z.string() }),
  deployment: z.object({
    id: z.int(),
    sha: z.string(),
    environment: z.string().min(1),
    task: z.string().optional(),
  }),
  deployment_status: z.object({
    id: z.int(),
    state: z.string(),
    created_at: z.coerce.date(),
    creator: z.object({ login: z.string() }).nullish(),
  }),
});
type Event = z.infer<typeof event>;

/** What became of a deployment is written where the decisions on that environment stand, once a status. */
export async function onDeploymentStatus(payload: unknown, work: Work): Promise<void> {
  const { repository, deployment, deployment_status: status } = event.parse(payload);
  const outcome = Object.hasOwn(outcomes, status.state) ? outcomes[status.state] : undefined;
  // What a rollout shows of itself stands in the ledger already, as it was measured.
  if (outcome === undefined || isMirrored(deployment.task)) return;
  await noteOutcome(work.database, {
    ...{ repository: repository.full_name, environment: deployment.environment },
    ...{ deployment_id: deployment.id, outcome },
  });
  const place = await placeOf(work, repository.full_name, deployment);
  if (place === undefined) return;
  const body = {
    outcome,
    environment: deployment.environment,
    sha: deployment.sha,
    deployment: deployment.id,
    deployment_status: status.id,
    // Whoever may push may write a status: what is learnt from it is not to be mistaken for what was measured.
    source: "deployment-status",
    ...(place.decision === undefined ? {} : { decision_id: place.decision }),
  };
  const actor = status.creator?.login ?? "unknown";
  const at = status.created_at.toISOString();
  for (const stream of place.streams) {
    await recordMissing(
      work,
      repository.full_name,
      (events) =>
        events.some((one) => one.kind === "outcome" && one.body.deployment_status === status.id)
          ? []
          : [{ kind: "outcome", at, actor, body }],
      stream,
    );
  }
}

type Place = { streams: string[]; decision?: string };
const kept = z.object({ document: z.looseObject({ ...decisionBody.shape }) });

/** The streams of the release's decision; of a repository on which nothing was ever decided, nothing is stored. */
async function placeOf(
  { database }: Work,
  repository: string,
  { sha, environment }: Event["deployment"],
): Promise<Place | undefined> {
  const [row] = await database.query(
    `select document from decisions where repository = $1 and head = $2 and environment = $3
       and document->'subject'->>'kind' = 'release' order by decided_at desc limit 1`,
    [repository, sha, environment],
  );
  if (row) {
    const { document } = kept.parse(row);
    return { streams: streamsOf(document), decision: document.decision_id };
  }
  const known = await database.query("select 1 as known from decisions where repository = $1 limit 1", [
    repository,
  ]);
  return known.length === 0 ? undefined : { streams: [serviceStream(environment, "repository")] };
}
