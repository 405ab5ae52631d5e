import * as z from "zod";
import { resolveCommit } from "../git/commit.ts";
import {
  type Answer,
  bodyOf,
  created,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderCheckRun } from "../shapes/check.ts";
import type { CheckRun } from "../state.ts";

/** GitHub's own limits, in characters and items. */
const textLimit = 65_535;
const text = z.string().max(textLimit);
const annotation = z.looseObject({
  path: z.string(),
  start_line: z.int(),
  end_line: z.int(),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
});
const output = z.looseObject({
  title: z.string().optional(),
  summary: text.optional(),
  text: text.optional(),
  annotations: z.array(annotation).max(50).optional(),
});
const action = z.strictObject({
  label: z.string().max(20),
  description: z.string().max(40),
  identifier: z.string().max(20),
});
const conclusions = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
] as const;

const checkChange = z.looseObject({
  name: z.string().optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed", "waiting", "requested", "pending"]).optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  conclusion: z.enum(conclusions).optional(),
  output: output.optional(),
  actions: z.array(action).max(3).optional(),
});
const newCheck = checkChange.extend({ name: z.string(), head_sha: z.string() });

function apply(call: RepositoryCall, check: CheckRun, change: z.infer<typeof checkChange>): void {
  check.name = change.name ?? check.name;
  check.detailsUrl = change.details_url ?? check.detailsUrl;
  check.externalId = change.external_id ?? check.externalId;
  check.startedAt = change.started_at ?? check.startedAt;
  check.status = change.conclusion ? "completed" : (change.status ?? check.status);
  if (change.status === "completed" && !change.conclusion && !check.conclusion)
    throw new Refusal(422, "Invalid request.\n\nMissing required key conclusion for status completed.");
  check.conclusion = check.status === "completed" ? (change.conclusion ?? check.conclusion) : null;
  check.completedAt = check.status === "completed" ? (change.completed_at ?? call.world.now()) : null;
  check.actions = change.actions ?? check.actions;
  if (!change.output) return;
  // Annotations are added to those there are; the rest of the output is replaced.
  check.annotations.push(...(change.output.annotations ?? []));
  check.output = {
    title: change.output.title ?? check.output.title,
    summary: change.output.summary ?? check.output.summary,
    text: change.output.text ?? null,
  };
}

async function createCheck(call: RepositoryCall): Promise<Answer> {
  const { repository, world, token } = call;
  if (token?.kind !== "installation") throw new Refusal(403, "You must authenticate via a GitHub App.");
  const wanted = bodyOf(call, newCheck);
  const commit = await repository.git.info(`${wanted.head_sha}^{commit}`);
  if (!commit || wanted.head_sha.length !== 40)
    throw new Refusal(422, `No commit found for SHA: ${wanted.head_sha}`);
  const suiteKey = `${commit.oid} ${token.app.slug}`;
  const suite = repository.suites.get(suiteKey) ?? world.nextId();
  repository.suites.set(suiteKey, suite);
  const check: CheckRun = {
    id: world.nextId(),
    suite,
    name: wanted.name,
    headSha: commit.oid,
    app: token.app,
    status: "queued",
    conclusion: null,
    externalId: "",
    detailsUrl: null,
    startedAt: world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  apply(call, check, wanted);
  repository.checkRuns.set(check.id, check);
  return created(renderCheckRun(world, repository, check));
}

function checkOf(call: RepositoryCall): CheckRun {
  const check = call.repository.checkRuns.get(numberOf(call, "check_run_id"));
  if (!check) throw notFound();
  return check;
}

function updateCheck(call: RepositoryCall): Answer {
  const check = checkOf(call);
  // An App changes its own check runs only.
  if (call.token?.kind !== "installation" || call.token.app !== check.app)
    throw new Refusal(
      403,
      "Invalid app_id `" +
        check.app.id +
        "` - check run can only be modified by the GitHub App that created it.",
    );
  apply(call, check, bodyOf(call, checkChange));
  return ok(renderCheckRun(call.world, call.repository, check));
}

async function listForRef(call: RepositoryCall): Promise<Answer> {
  const { repository, query } = call;
  const commit = await resolveCommit(repository.git, call.parameters.ref ?? "");
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${call.parameters.ref}`);
  const all = [...repository.checkRuns.values()]
    .filter((check) => check.headSha === commit.oid)
    .filter((check) => !query.has("check_name") || check.name === query.get("check_name"))
    .filter((check) => !query.has("status") || check.status === query.get("status"))
    .filter((check) => !query.has("app_id") || String(check.app.id) === query.get("app_id"))
    .sort((left, right) => right.id - left.id);
  // The default filter keeps the newest run of each name within a suite.
  const seen = new Set<string>();
  const latest = all.filter((check) => {
    const key = `${check.suite} ${check.name}`;
    return query.get("filter") === "all" || (!seen.has(key) && seen.add(key));
  });
  return paged(
    call,
    latest,
    (check) => renderCheckRun(call.world, repository, check),
    (page, total) => ({ total_count: total, check_runs: page }),
  );
}

function listAnnotations(call: RepositoryCall): Promise<Answer> {
  const check = checkOf(call);
  return paged(call, check.annotations, (one) => ({
    start_column: null,
    end_column: null,
    title: null,
    raw_details: null,
    ...one,
    blob_href: `${call.world.url}/${call.repository.fullName}/blob/${check.headSha}/${String(one.path)}`,
  }));
}

export const checkRoutes = [
  repositoryRoute(
    {
      operation: "checks/create",
      path: "POST /repos/{owner}/{repo}/check-runs",
      needs: ["checks:write"],
      appsOnly: true,
    },
    createCheck,
  ),
  repositoryRoute(
    {
      operation: "checks/update",
      path: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
      needs: ["checks:write"],
      appsOnly: true,
    },
    updateCheck,
  ),
  repositoryRoute(
    {
      operation: "checks/get",
      path: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
      needs: ["checks:read"],
    },
    (call) => ok(renderCheckRun(call.world, call.repository, checkOf(call))),
  ),
  repositoryRoute(
    {
      operation: "checks/list-annotations",
      path: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
      needs: ["checks:read"],
    },
    listAnnotations,
  ),
  repositoryRoute(
    {
      operation: "checks/list-for-ref",
      path: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
      needs: ["checks:read"],
    },
    listForRef,
  ),
];
