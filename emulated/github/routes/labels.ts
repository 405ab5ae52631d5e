import * as z from "zod";
import {
  type Answer,
  bodyOf,
  notFound,
  numberOf,
  ok,
  paged,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderLabel } from "../shapes/pull.ts";
import type { Issue, Pull } from "../state.ts";

function issueOf(call: RepositoryCall): Pick<Issue | Pull, "labels"> {
  const number = numberOf(call, "issue_number");
  const issue = call.repository.pulls.get(number) ?? call.repository.issues.get(number);
  if (!issue) throw notFound();
  return issue;
}

const render = (call: RepositoryCall, issue: Pick<Issue, "labels">): unknown[] =>
  issue.labels.map((name) => renderLabel(call.world, call.repository, name));

const name = z.union([z.string(), z.looseObject({ name: z.string() }).transform((label) => label.name)]);
export const labelNames = z.array(name);
const labelBody = z.union([
  z.looseObject({ labels: labelNames.default([]) }).transform((body) => body.labels),
  labelNames,
]);

function addLabels(call: RepositoryCall): Answer {
  const pull = issueOf(call);
  pull.labels = [...new Set([...pull.labels, ...bodyOf(call, labelBody)])];
  return ok(render(call, pull));
}

function removeLabel(call: RepositoryCall): Answer {
  const pull = issueOf(call);
  const gone = call.parameters.name ?? "";
  if (!pull.labels.includes(gone)) throw notFound();
  pull.labels = pull.labels.filter((label) => label !== gone);
  return ok(render(call, pull));
}

const labels = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
const write = ["issues:write" as const, "pull_requests:write" as const];

export const labelRoutes = [
  repositoryRoute(
    {
      operation: "issues/list-labels-on-issue",
      path: `GET ${labels}`,
      needs: ["issues:read", "pull_requests:read"],
    },
    (call) => paged(call, render(call, issueOf(call)), (label) => label),
  ),
  repositoryRoute({ operation: "issues/add-labels", path: `POST ${labels}`, needs: write }, addLabels),
  repositoryRoute(
    { operation: "issues/remove-label", path: `DELETE ${labels}/{name}`, needs: write },
    removeLabel,
  ),
];
