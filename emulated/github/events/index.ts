import { checkEvent, type Violation } from "../openapi.ts";
import type { App, Delivery, Repository, World } from "../state.ts";
import { mergeGroupEvent, pushEvent } from "./commits.ts";
import * as payloads from "./payloads.ts";
import { type Runner, writeEventFile } from "./runner.ts";
import { send } from "./send.ts";

/** Events as tests use them: made from the state of one repository, checked, then sent or written to a file. */

type Rest<Maker> = Maker extends (place: payloads.Place, ...rest: infer Given) => infer Made
  ? (...rest: Given) => Made
  : never;

export type Events = {
  /** For payloads of another sender, or of an App's installation. */
  as(who: { login?: string; app?: string }): Events;
  pullRequest: Rest<typeof payloads.pullRequestEvent>;
  push: Rest<typeof pushEvent>;
  mergeGroup: Rest<typeof mergeGroupEvent>;
  workflowDispatch: Rest<typeof payloads.workflowDispatchEvent>;
  deployment: Rest<typeof payloads.deploymentEvent>;
  issueComment: Rest<typeof payloads.issueCommentEvent>;
  review: Rest<typeof payloads.reviewEvent>;
  checkRun: Rest<typeof payloads.checkRunEvent>;
  protectionRule: Rest<typeof payloads.protectionRuleEvent>;
  /** The event as a runner gives it to an Action. */
  writeFile(
    name: string,
    payload: payloads.Payload,
    more?: Parameters<typeof writeEventFile>[4],
  ): Promise<Runner>;
};

export function eventsOf(
  world: World,
  repository: Repository,
  who: { login?: string; app?: string } = {},
): Events {
  const sender = who.login === undefined ? undefined : world.users.get(who.login.toLowerCase());
  const app = who.app === undefined ? undefined : world.apps.get(who.app);
  const place: payloads.Place = { world, repository, ...(sender ? { sender } : {}), ...(app ? { app } : {}) };
  return {
    as: (other) => eventsOf(world, repository, { ...who, ...other }),
    pullRequest: (...given) => payloads.pullRequestEvent(place, ...given),
    push: (...given) => pushEvent(place, ...given),
    mergeGroup: (...given) => mergeGroupEvent(place, ...given),
    workflowDispatch: (...given) => payloads.workflowDispatchEvent(place, ...given),
    deployment: (...given) => payloads.deploymentEvent(place, ...given),
    issueComment: (...given) => payloads.issueCommentEvent(place, ...given),
    review: (...given) => payloads.reviewEvent(place, ...given),
    checkRun: (...given) => payloads.checkRunEvent(place, ...given),
    protectionRule: (...given) => payloads.protectionRuleEvent(place, ...given),
    writeFile: (name, payload, more) => writeEventFile(world, repository, name, payload, more),
  };
}

export type SendOptions = {
  /** The App whose webhook it goes to; else say where with `to`. */
  app?: string;
  to?: { url: string; secret: string };
  /** The same delivery id again: GitHub's redelivery, or a delivery that arrives twice. */
  deliveryId?: string;
};

/** Sends to one receiver, signed; what is not a payload of GitHub's form counts as a violation. */
export async function sendEvent(
  world: World,
  violations: Violation[],
  name: string,
  payload: payloads.Payload,
  options: SendOptions,
): Promise<Delivery> {
  violations.push(...checkEvent(name, payload));
  const app: App | null = (options.app === undefined ? null : world.apps.get(options.app)) ?? null;
  const target = options.to ?? app?.webhook;
  if (!target) throw new Error("sendEvent needs an App with a webhook, or `to`.");
  return send(world, {
    app,
    target,
    event: name,
    payload,
    ...(options.deliveryId ? { guid: options.deliveryId } : {}),
  });
}
