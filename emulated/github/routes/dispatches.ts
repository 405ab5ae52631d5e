import { parse } from "yaml";
import * as z from "zod";
import { actorOf } from "../access.ts";
import { addRun } from "../build-state.ts";
import { resolveCommit } from "../git/commit.ts";
import {
  type Answer,
  bodyOf,
  noContent,
  notFound,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { apiUrl } from "../shapes/repository.ts";
import { renderRun } from "./runs.ts";

const dispatch = z.looseObject({
  ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  return_run_details: z.boolean().default(false),
});
const workflow = z.looseObject({
  on: z.looseObject({
    workflow_dispatch: z.looseObject({ inputs: z.record(z.string(), z.unknown()).nullish() }).nullable(),
  }),
});

const pathOf = (call: RepositoryCall): string => `.github/workflows/${call.parameters.workflow_id ?? ""}`;

/** The workflow as it stands at the ref has to take the event, and every input that it is given. */
async function createDispatch(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const { ref, inputs, return_run_details: details } = bodyOf(call, dispatch);
  const branch = ref.replace(/^refs\/heads\//, "");
  const commit = await resolveCommit(repository.git, branch);
  if (!commit) throw new Refusal(422, `No ref found for: ${ref}`);
  const file = await repository.git.object(`${commit.oid}:${pathOf(call)}`);
  if (!file) throw notFound();
  const found = workflow.safeParse(parse(file.content.toString("utf8"))).data;
  if (!found) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  const known = Object.keys(found.on.workflow_dispatch?.inputs ?? {});
  const unexpected = Object.keys(inputs).filter((name) => !known.includes(name));
  if (unexpected.length > 0)
    throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const run = addRun(world, repository, {
    ...{ headSha: commit.oid, headBranch: branch, event: "workflow_dispatch", status: "queued" },
    ...{ path: pathOf(call), inputs, actor: actorOf(call.token).user.login },
  });
  if (!details) return noContent;
  return ok({
    workflow_run_id: run.id,
    run_url: `${apiUrl(world, repository)}/actions/runs/${run.id}`,
    html_url: `${world.url}/${repository.fullName}/actions/runs/${run.id}`,
  });
}

function listRuns(call: RepositoryCall): Promise<Answer> {
  const { query, repository } = call;
  const found = [...repository.runs.values()]
    .filter((run) => run.path === pathOf(call))
    .filter((run) => !query.has("event") || run.event === query.get("event"))
    .sort((left, right) => right.id - left.id);
  return paged(
    call,
    found,
    (run) => renderRun(call, run),
    (page, total) => ({ total_count: total, workflow_runs: page }),
  );
}

const one = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}";

export const dispatchRoutes = [
  repositoryRoute(
    {
      operation: "actions/create-workflow-dispatch",
      path: `POST ${one}/dispatches`,
      needs: ["actions:write"],
    },
    createDispatch,
  ),
  repositoryRoute(
    { operation: "actions/list-workflow-runs", path: `GET ${one}/runs`, needs: ["actions:read"] },
    listRuns,
  ),
];
