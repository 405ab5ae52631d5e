import * as z from "zod";
import { gateAnswer } from "../../core/analysis/gates/answer.ts";
import {
  type ArgoRequest,
  argoAnswer,
  argoBody,
  argoRequest,
  numberIn,
} from "../../core/analysis/gates/argo.ts";
import {
  type FlaggerRequest,
  flaggerHooks,
  flaggerMetadata,
  flaggerRequest,
} from "../../core/analysis/gates/flagger.ts";
import { verdict } from "../../core/analysis/verdict.ts";
import { plain } from "../../core/render/escape.ts";
import type { Asked as Comparing, Rollout } from "../analysis/asked.ts";
import { inTime } from "../analysis/in-time.ts";
import { Problem } from "./problem.ts";
import { type Asked, permitted, posting, type Route } from "./route.ts";

/** What a controller's metric or webhook asks; docs/argo-and-flagger.md says how to set it up. */
const scope = "analysis:ask";
/** Controllers send a few hundred bytes. */
const limitBytes = 64 * 1024;
/** Whoever asks gives up after ten seconds. */
const lookMs = 3000;

/** The repository that was named, else the one that the token is for. */
async function repositoryOf(asked: Asked, named: string | undefined): Promise<string> {
  const name = named || asked.caller.repository;
  if (name !== "*") {
    const late = (): never => {
      throw new Problem(
        503,
        "github-unavailable",
        "GitHub has not said in time whether the App is installed.",
      );
    };
    return (await inTime(permitted(asked, name), lookMs, late, asked.options.warn)).name;
  }
  throw new Problem(
    422,
    "repository-missing",
    "The token is for every repository, so that the body has to name one: repository (with Flagger in metadata).",
  );
}

const askArgo = posting({
  path: "/v1/analysis",
  summary: "The verdict on a rollout so far, for the metric `web` of Argo Rollouts.",
  scope,
  limitBytes,
  momentary: true,
  body: argoRequest,
  status: 200,
  answer: argoBody,
  async run(asked, body) {
    const repository = await repositoryOf(asked, body.repository);
    return argoAnswer(await asked.options.analyses.ask(comparingOf(body, repository))).body;
  },
});

function comparingOf(body: ArgoRequest, repository: string): Comparing {
  const { service, environment, namespace, run, candidate, baseline } = body;
  const weight = numberIn(body.weight);
  if (weight !== undefined && weight > 100)
    throw new Problem(422, "bad-request", "weight is percent of the traffic, 100 at the most.");
  return {
    ...{ repository, controller: "argo", service, run, candidate, baseline },
    ...(environment ? { environment } : {}),
    ...(namespace ? { namespace } : {}),
    step: numberIn(body.step) ?? 0,
    ...(weight === undefined ? {} : { weight }),
  };
}

const flaggerAnswer = z.strictObject({
  reason: z.string(),
  answer: gateAnswer.optional().describe("Absent where nothing is compared yet."),
});

const askFlagger = flaggerHooks.map((hook) =>
  posting({
    path: `/v1/flagger/${hook}`,
    summary: `Flagger's webhook ${hook}: 200 passes, 403 does not${hook === "rollback" ? ", and passing rolls back" : ""}.`,
    scope,
    limitBytes,
    basic: true,
    momentary: true,
    body: flaggerRequest,
    status: 200,
    answer: flaggerAnswer,
    async run(asked, body) {
      const { passes, answer } = await asked.options.flagger.ask(hook, await rolloutOf(asked, body));
      const reason = answer ? `${answer.verdict}: ${answer.reason}` : "Nothing is compared yet.";
      if (passes) return { reason, ...(answer ? { answer } : {}) };
      throw new Problem(403, answer?.reason_code ?? "not-begun", reason);
    },
  }),
);

async function rolloutOf(
  asked: Asked,
  { name, namespace, checksum, metadata }: FlaggerRequest,
): Promise<Rollout> {
  const parsed = flaggerMetadata.safeParse(metadata ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem(
      422,
      "bad-request",
      `metadata.${issue?.path.join(".")}: ${plain(issue?.message ?? "")}.`,
    );
  }
  const own = parsed.data;
  const version = (arm: "candidate" | "baseline") => ({
    ...(own[`${arm}-version`] ? { version: own[`${arm}-version`] } : {}),
    ...(own[`${arm}-hash`] ? { hash: own[`${arm}-hash`] } : {}),
  });
  return {
    repository: await repositoryOf(asked, own.repository),
    controller: "flagger",
    service: own.service || name,
    ...(own.environment ? { environment: own.environment } : {}),
    namespace,
    run: `${name} ${checksum}`,
    candidate: version("candidate"),
    baseline: version("baseline"),
  };
}

const readVerdict: Route = {
  method: "GET",
  path: "/v1/analysis/{id}",
  summary: "The verdict of a comparison as a document, verdict.json.",
  scope,
  query: { repository: "owner/name; for a token of every repository." },
  status: 200,
  answer: verdict,
  refusals: [404, 422],
  async run(asked) {
    const repository = await repositoryOf(asked, asked.query.get("repository") ?? undefined);
    const { id = "" } = asked.parameters;
    const found = /^[0-9a-f]{32}-\d{1,6}$/.test(id)
      ? await asked.options.analyses.read(repository, id)
      : undefined;
    if (found?.document) return found.document;
    throw new Problem(404, "analysis-not-found", "There is no comparison of that name with a verdict yet.");
  },
};

export const analysisRoutes: Route[] = [askArgo, ...askFlagger, readVerdict];
