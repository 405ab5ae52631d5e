import * as z from "zod";
import { changeFacts } from "../../core/change/facts.ts";
import { decisionDocument } from "../../core/decision/shape.ts";
import { optional } from "../../core/optional.ts";
import { requireFitting, requireRoom } from "./facts.ts";
import { Problem } from "./problem.ts";
import { type Asked, permitted, posting, type Route, trusts } from "./route.ts";
import { environmentName, fullSha, repositoryName } from "./shapes.ts";

const decisionRequest = z.strictObject({
  repository: repositoryName,
  head: fullSha,
  environment: environmentName.optional(),
  service: z.string().min(1).max(100).optional(),
  facts: changeFacts.optional().describe("What was measured beside what the App knows."),
});

const askDecision = posting({
  path: "/v1/decisions",
  summary: "Decides about a commit with the active policy, by what the App and the caller know.",
  scope: "decisions:write",
  body: decisionRequest,
  status: 201,
  answer: decisionDocument,
  refusals: [404],
  async run(asked, { repository: name, head, environment, service, facts }) {
    const repository = await permitted(asked, name);
    requireEnvironment(asked, environment);
    const { caller, options } = asked;
    const about = {
      repository: repository.name,
      // Beside what the same caller sends to /v1/facts, and not in its place.
      source: `${caller.source} #decide`,
      trusted: trusts(asked, repository),
    };
    if (facts) {
      requireFitting(facts, { repository: name, sha: head });
      await requireRoom(options.database, { ...about, sha: head });
    }
    return await options.decide({
      ...about,
      head,
      actor: caller.actor,
      ...optional("environment", environment ?? caller.claims?.environment),
      ...optional("service", service),
      ...optional("facts", facts),
    });
  },
});

/** A job of one environment has been let into that one alone. */
export function requireEnvironment({ caller }: Asked, environment: string | undefined): void {
  const own = caller.claims?.environment;
  if (own === undefined || environment === undefined || own === environment) return;
  throw new Problem(
    403,
    "other-environment",
    `The token is of the environment ${JSON.stringify(own.slice(0, 100))} and speaks for no other. Ask from a job of that environment.`,
  );
}

const kept = z.object({ repository: z.string(), document: decisionDocument });

const readDecision: Route = {
  method: "GET",
  path: "/v1/decisions/{id}",
  summary: "A decision by its name, as it was recorded.",
  scope: "decisions:read",
  query: { repository: "owner/name; for a token of every repository, where several hold the decision." },
  status: 200,
  answer: decisionDocument,
  refusals: [404],
  async run(asked) {
    const { caller, options, parameters, query } = asked;
    const wanted = query.get("repository") ?? (caller.repository === "*" ? undefined : caller.repository);
    const repository = wanted === undefined ? undefined : await permitted(asked, wanted);
    const rows = await options.database.query(
      "select repository, document from decisions where decision_id = $1 and ($2::text is null and strpos(repository, '@') = 0 or repository = $2) order by repository limit 1",
      [parameters.id, repository?.name ?? null],
    );
    const found = rows.length ? kept.parse(rows[0]) : undefined;
    if (found) {
      if (!repository) await permitted(asked, found.repository);
      return found.document;
    }
    throw new Problem(
      404,
      "decision-not-found",
      "There is no decision of that name in a repository that this token may read.",
    );
  },
};

export const decisionRoutes = [askDecision, readDecision];
