import * as z from "zod";
import { actorOf } from "../access.ts";
import { pullEnds } from "../git/pull-refs.ts";
import {
  type Answer,
  bodyOf,
  notFound,
  numberOf,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderReview } from "../shapes/review.ts";
import type { Review } from "../state.ts";
import { pullOf } from "./pulls.ts";

const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;
const newReview = z.looseObject({
  commit_id: z.string().optional(),
  body: z.string().default(""),
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(),
});

/** A review is bound to a commit: the head at that moment unless another was named. */
async function createReview(call: RepositoryCall): Promise<Answer> {
  const pull = pullOf(call);
  const wanted = bodyOf(call, newReview);
  const { user } = actorOf(call.token);
  if (user === pull.user && wanted.event && wanted.event !== "COMMENT")
    throw new Refusal(422, "Unprocessable Entity", { errors: ["Can not approve your own pull request"] });
  const { head } = await pullEnds(call.repository, pull);
  const review: Review = {
    id: call.world.nextId(),
    number: pull.number,
    user,
    body: wanted.body,
    state: wanted.event ? states[wanted.event] : "PENDING",
    commit: wanted.commit_id ?? head,
    submittedAt: call.world.now(),
  };
  call.repository.reviews.push(review);
  return ok(renderReview(call.world, call.repository, review));
}

function reviewOf(call: RepositoryCall): Review {
  const { number } = pullOf(call);
  const found = call.repository.reviews.find(
    (one) => one.number === number && one.id === numberOf(call, "review_id"),
  );
  if (!found) throw notFound();
  return found;
}

function dismiss(call: RepositoryCall): Answer {
  const review = reviewOf(call);
  review.state = "DISMISSED";
  return ok(renderReview(call.world, call.repository, review));
}

const reviews = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";

export const reviewRoutes = [
  repositoryRoute(
    { operation: "pulls/list-reviews", path: `GET ${reviews}`, needs: ["pull_requests:read"] },
    (call) => {
      const { number } = pullOf(call);
      const found = call.repository.reviews.filter((one) => one.number === number);
      return paged(call, found, (one) => renderReview(call.world, call.repository, one));
    },
  ),
  repositoryRoute(
    {
      operation: "pulls/create-review",
      path: `POST ${reviews}`,
      needs: ["pull_requests:write"],
      anyone: true,
    },
    createReview,
  ),
  repositoryRoute(
    { operation: "pulls/get-review", path: `GET ${reviews}/{review_id}`, needs: ["pull_requests:read"] },
    (call) => ok(renderReview(call.world, call.repository, reviewOf(call))),
  ),
  repositoryRoute(
    {
      operation: "pulls/dismiss-review",
      path: `PUT ${reviews}/{review_id}/dismissals`,
      needs: ["pull_requests:write"],
    },
    dismiss,
  ),
];
