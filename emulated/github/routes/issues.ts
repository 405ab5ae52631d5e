import * as z from "zod";
import { actorOf } from "../access.ts";
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
import { renderIssue } from "../shapes/issue.ts";
import type { Issue, Pull } from "../state.ts";
import { bodyLimitCharacters } from "./comments.ts";
import { labelNames } from "./labels.ts";

const text = z.string().max(bodyLimitCharacters).nullish();
const newIssue = z.looseObject({
  title: z.coerce.string().min(1).max(256),
  body: text,
  labels: labelNames.default([]),
});
const changedIssue = z.looseObject({
  title: z.coerce.string().min(1).max(256).optional(),
  body: text,
  labels: labelNames.optional(),
  state: z.enum(["open", "closed"]).optional(),
});

function createIssue(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const { title, body, labels } = bodyOf(call, newIssue);
  const { user, app } = actorOf(call.token);
  const at = world.now();
  const number = repository.nextNumber;
  repository.nextNumber += 1;
  const issue: Issue = {
    ...{ id: world.nextId(), number, title, body: body ?? null, user, app, labels: [...new Set(labels)] },
    ...{ state: "open", createdAt: at, updatedAt: at, closedAt: null },
  };
  repository.issues.set(number, issue);
  return created(renderIssue(world, repository, issue));
}

function issueOf(call: RepositoryCall): Issue | Pull {
  const number = numberOf(call, "issue_number");
  const found = call.repository.issues.get(number) ?? call.repository.pulls.get(number);
  if (!found) throw notFound();
  return found;
}

function updateIssue(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const issue = issueOf(call);
  if ("headRef" in issue) throw new Refusal(422, "The emulator changes a pull request under /pulls.");
  const { title, body, labels, state } = bodyOf(call, changedIssue);
  if (title !== undefined) issue.title = title;
  if (body !== undefined) issue.body = body;
  if (labels !== undefined) issue.labels = [...new Set(labels)];
  issue.updatedAt = world.now();
  if (state !== undefined && state !== issue.state) {
    issue.state = state;
    issue.closedAt = state === "closed" ? issue.updatedAt : null;
  }
  return ok(renderIssue(world, repository, issue));
}

/** Pull requests are among them, as they are on GitHub. */
function listIssues(call: RepositoryCall): Promise<Answer> {
  const { query, repository, world } = call;
  const state = query.get("state") ?? "open";
  const since = query.get("since");
  const labels = query.get("labels")?.split(",") ?? [];
  const by = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const found = [...repository.issues.values(), ...repository.pulls.values()]
    .filter((one) => state === "all" || one.state === state)
    .filter((one) => since === null || Date.parse(one.updatedAt) >= Date.parse(since))
    .filter((one) => labels.every((label) => one.labels.includes(label)))
    .sort((left, right) => right[by].localeCompare(left[by]) || right.number - left.number);
  const sorted = query.get("direction") === "asc" ? found.reverse() : found;
  return paged(call, sorted, (one) => renderIssue(world, repository, one));
}

const issues = "/repos/{owner}/{repo}/issues";
const one = `${issues}/{issue_number}`;

export const issueRoutes = [
  repositoryRoute(
    { operation: "issues/create", path: `POST ${issues}`, needs: ["issues:write"], anyone: true },
    createIssue,
  ),
  repositoryRoute(
    { operation: "issues/list-for-repo", path: `GET ${issues}`, needs: ["issues:read"] },
    listIssues,
  ),
  repositoryRoute(
    { operation: "issues/get", path: `GET ${one}`, needs: ["issues:read", "pull_requests:read"] },
    (call) => ok(renderIssue(call.world, call.repository, issueOf(call))),
  ),
  repositoryRoute({ operation: "issues/update", path: `PATCH ${one}`, needs: ["issues:write"] }, updateIssue),
];
