import type { GitHubClient } from "../adapters/github/client.ts";
import { subjectOfEvent } from "../adapters/github/event.ts";
import { gather } from "../adapters/github/gather.ts";
import { publish } from "../adapters/github/publish.ts";
import { enveloped } from "../core/decision/envelope.ts";
import { decideMeasured } from "../core/decision/from-measured.ts";
import type { Decision } from "../core/decision/shape.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import { commentMarker } from "../core/render/comment.ts";

export type AppPorts = { client: GitHubClient; now: Date; warn(sentence: string): void };

/** Another name than the Action's, so that a required check can pin the App. */
const check = "adaptive-deploy/risk";

/**
 * A pull request was opened or moved: decide with the very function of `decide`, then comment and check under the
 * App's own names. A repository that was never configured gets nothing.
 */
export async function onPullRequest(payload: unknown, ports: AppPorts): Promise<Decision | undefined> {
  const subject = subjectOfEvent("pull_request", payload);
  const gathered = await gather(ports.client, subject, {
    now: ports.now,
    environment: defaultEnvironment,
    comment: true,
    marker: commentMarker,
    check,
  });
  if (!gathered.configured) return undefined;
  const { service } = gathered.configuration;
  const { body } = decideMeasured(gathered.measured, [], gathered.policy, {
    environment: gathered.configuration.environment ?? defaultEnvironment,
    now: ports.now,
    ...(service ? { service } : {}),
    ...(gathered.history ? { history: gathered.history } : {}),
  });
  const decision = enveloped(body, {
    actor: subject.author ?? "unknown",
    decidedAt: ports.now.toISOString(),
    recorded: false,
    recordedReason: "ledger-not-configured",
  });
  const place = { ...gathered, marker: commentMarker, check };
  for (const problem of await publish(ports.client, subject, decision, place)) ports.warn(problem);
  return decision;
}
