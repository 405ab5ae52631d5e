import * as z from "zod";
import { actorOf } from "../access.ts";
import {
  type Answer,
  bodyOf,
  noContent,
  notFound,
  numberOf,
  paged,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { reactionContents, renderReaction } from "../shapes/comment.ts";
import type { Reaction } from "../state.ts";
import { commentOf } from "./comments.ts";

const newReaction = z.looseObject({ content: z.enum(reactionContents) });

function ofIssue(call: RepositoryCall): Reaction[] {
  const pull = call.repository.pulls.get(numberOf(call, "issue_number"));
  if (!pull) throw notFound();
  return pull.reactions;
}

const ofComment = (call: RepositoryCall): Reaction[] => commentOf(call).reactions;

/** The same person reacts the same way once: a repetition answers 200 with the reaction there is. */
function react(call: RepositoryCall, reactions: Reaction[]): Answer {
  const { content } = bodyOf(call, newReaction);
  const { user } = actorOf(call.token);
  const known = reactions.find((one) => one.user === user && one.content === content);
  if (known) return { status: 200, body: renderReaction(call.world, known) };
  const reaction: Reaction = { id: call.world.nextId(), user, content, createdAt: call.world.now() };
  reactions.push(reaction);
  return { status: 201, body: renderReaction(call.world, reaction) };
}

function remove(call: RepositoryCall, reactions: Reaction[]): Answer {
  const at = reactions.findIndex((one) => one.id === numberOf(call, "reaction_id"));
  if (at < 0) throw notFound();
  reactions.splice(at, 1);
  return noContent;
}

const list = (call: RepositoryCall, reactions: Reaction[]): Promise<Answer> =>
  paged(call, reactions, (one) => renderReaction(call.world, one));

const issue = "/repos/{owner}/{repo}/issues/{issue_number}/reactions";
const comment = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
const write = { needs: ["issues:write" as const, "pull_requests:write" as const], anyone: true };
const read = { needs: ["issues:read" as const, "pull_requests:read" as const] };

export const reactionRoutes = [
  repositoryRoute({ operation: "reactions/list-for-issue", path: `GET ${issue}`, ...read }, (call) =>
    list(call, ofIssue(call)),
  ),
  repositoryRoute({ operation: "reactions/create-for-issue", path: `POST ${issue}`, ...write }, (call) =>
    react(call, ofIssue(call)),
  ),
  repositoryRoute(
    { operation: "reactions/delete-for-issue", path: `DELETE ${issue}/{reaction_id}`, ...write },
    (call) => remove(call, ofIssue(call)),
  ),
  repositoryRoute(
    { operation: "reactions/list-for-issue-comment", path: `GET ${comment}`, ...read },
    (call) => list(call, ofComment(call)),
  ),
  repositoryRoute(
    { operation: "reactions/create-for-issue-comment", path: `POST ${comment}`, ...write },
    (call) => react(call, ofComment(call)),
  ),
  repositoryRoute(
    { operation: "reactions/delete-for-issue-comment", path: `DELETE ${comment}/{reaction_id}`, ...write },
    (call) => remove(call, ofComment(call)),
  ),
];
