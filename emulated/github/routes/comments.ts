import * as z from "zod";
import { actorOf, authorize } from "../access.ts";
import {
  type Answer,
  bodyOf,
  created,
  noContent,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderComment } from "../shapes/comment.ts";
import type { Comment } from "../state.ts";

export const bodyLimitCharacters = 65_536;
const commentBody = z.looseObject({ body: z.string() });

function checkedBody(call: RepositoryCall): string {
  const { body } = bodyOf(call, commentBody);
  const problem =
    body === ""
      ? "can't be blank"
      : body.length > bodyLimitCharacters
        ? "is too long (maximum is 65536 characters)"
        : null;
  if (problem)
    throw new Refusal(422, "Validation Failed", {
      errors: [
        { resource: "IssueComment", code: "unprocessable", field: "data", message: `Body ${problem}` },
      ],
    });
  return body;
}

function issueNumber(call: RepositoryCall): number {
  const number = numberOf(call, "issue_number");
  if (!call.repository.pulls.has(number) && !call.repository.issues.has(number)) throw notFound();
  return number;
}

/** What may be written on a pull request by its own permission takes the one of issues where there is none. */
export function requireIssues(call: RepositoryCall): void {
  authorize(call.token, call.repository, { needs: ["issues:write"], anyone: true, appsOnly: false });
}

export function commentOf(call: RepositoryCall): Comment {
  const comment = call.repository.comments.get(numberOf(call, "comment_id"));
  if (!comment) throw notFound();
  return comment;
}

function listComments(call: RepositoryCall): Promise<Answer> {
  const number = issueNumber(call);
  const since = call.query.get("since");
  const found = [...call.repository.comments.values()].filter(
    (one) => one.number === number && (since === null || one.updatedAt >= since),
  );
  return paged(call, found, (one) => renderComment(call.world, call.repository, one));
}

function createComment(call: RepositoryCall): Answer {
  const number = issueNumber(call);
  if (call.repository.issues.has(number)) requireIssues(call);
  const body = checkedBody(call);
  const { user, app } = actorOf(call.token);
  const at = call.world.now();
  const comment: Comment = {
    id: call.world.nextId(),
    number,
    body,
    user,
    app,
    createdAt: at,
    updatedAt: at,
    editedAt: null,
    reactions: [],
  };
  call.repository.comments.set(comment.id, comment);
  return created(renderComment(call.world, call.repository, comment));
}

function updateComment(call: RepositoryCall): Answer {
  const comment = commentOf(call);
  const { user } = actorOf(call.token);
  const mayEditOthers =
    call.token?.kind === "user" && call.repository.collaborators.get(user.login.toLowerCase()) !== "read";
  if (comment.user.id !== user.id && !mayEditOthers)
    throw new Refusal(403, "Resource not accessible by integration");
  comment.body = checkedBody(call);
  comment.updatedAt = call.world.now();
  comment.editedAt = comment.updatedAt;
  return ok(renderComment(call.world, call.repository, comment));
}

function deleteComment(call: RepositoryCall): Answer {
  call.repository.comments.delete(commentOf(call).id);
  return noContent;
}

export const commentRoutes = [
  repositoryRoute(
    {
      operation: "issues/list-comments",
      path: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
      needs: ["issues:read", "pull_requests:read"],
    },
    listComments,
  ),
  repositoryRoute(
    {
      operation: "issues/create-comment",
      path: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      needs: ["issues:write", "pull_requests:write"],
      anyone: true,
    },
    createComment,
  ),
  repositoryRoute(
    {
      operation: "issues/get-comment",
      path: "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
      needs: ["issues:read", "pull_requests:read"],
    },
    (call) => ok(renderComment(call.world, call.repository, commentOf(call))),
  ),
  repositoryRoute(
    {
      operation: "issues/update-comment",
      path: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
      needs: ["issues:write", "pull_requests:write"],
      anyone: true,
    },
    updateComment,
  ),
  repositoryRoute(
    {
      operation: "issues/delete-comment",
      path: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
      needs: ["issues:write", "pull_requests:write"],
      anyone: true,
    },
    deleteComment,
  ),
];
