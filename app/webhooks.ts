import type { ApplicationFunction } from "probot";
import type { Decision } from "../core/decision/shape.ts";
import { onPullRequest } from "./pull-request.ts";

/** The webhooks that the App answers, each handed to a function of its own file. */
export function webhooks(tell: (decision: Decision) => void = () => undefined): ApplicationFunction {
  return (app) => {
    app.on(["pull_request.opened", "pull_request.synchronize", "pull_request.reopened"], async (context) => {
      const decision = await onPullRequest(context.payload, {
        client: context.octokit,
        now: new Date(),
        warn: (sentence) => context.log.warn(sentence),
      });
      if (decision) tell(decision);
    });
  };
}
