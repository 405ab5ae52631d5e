import { getOctokit } from "@actions/github";
import type { NewEvent } from "../../../core/evidence/event.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import type { Ledger } from "../../../core/ports.ts";
import type { RolloutEvent } from "../../../core/rollout/events.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import type { Comment } from "../../../emulated/github/index.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { shop, type TestWork } from "../work.ts";

/** A rollout in the ledger, as its driver wrote it down. */
export type OpenedRollout = {
  plan: RolloutPlan;
  stream: string;
  writes(...events: Pick<RolloutEvent, "kind" | "body">[]): Promise<void>;
  /** As it was opened, with its first step reached. */
  watches(): Promise<void>;
  /** Taken back, to the end. */
  rolledBack(): Promise<void>;
  completes(): Promise<void>;
  state(): Promise<RolloutState>;
  words(): Promise<{ command: unknown; by: unknown; reason: unknown; source: unknown }[]>;
};

let nonces = 0;

export async function openRollout(
  app: TestWork,
  more: Partial<RolloutPlan> = {},
  ledger: Ledger = app.work.ledger(shop),
): Promise<OpenedRollout> {
  const plan = planFor("v1", "v2", {
    service: "pay",
    environment: "production",
    commit: app.head(),
    ...more,
  });
  const { rollout, steps } = plan;
  const stream = serviceStream(plan.environment, plan.service);
  const append = async (events: Pick<RolloutEvent, "kind" | "body">[]): Promise<void> => {
    const at = app.now().toISOString();
    const sealed = events.map((event): NewEvent => {
      nonces += 1;
      return { ...event, at, actor: "run", nonce: String(nonces).padStart(16, "0") };
    });
    await ledger.append(stream, sealed, await ledger.head(stream));
  };
  const reach = (number: number, effect: object): Pick<RolloutEvent, "kind" | "body">[] =>
    [
      { kind: "intent", body: { rollout, number, fencing: 1, effect } },
      { kind: "result", body: { rollout, number, status: "done" } },
      // The union is over kind and body together, which an object put together from parts does not show.
    ] as Pick<RolloutEvent, "kind" | "body">[];
  const ends = (outcome: "completed" | "rolled-back"): Pick<RolloutEvent, "kind" | "body"> => ({
    kind: "outcome",
    body: { rollout, outcome, candidate: "v2", automatic: true, reason_code: "worse", reason: "Errors." },
  });
  const verdict = { rollout, step: 0, verdict: "rollback", reason_code: "worse", at_window: 2 } as const;
  await append([{ kind: "rollout", body: { rollout, plan } }]);
  const first = steps[0];
  return {
    ...{ plan, stream },
    writes: (...events) => append(events),
    watches: () =>
      append([
        ...reach(1, { kind: "deploy" }),
        ...reach(2, { kind: "share", share: first?.share, by: first?.by }),
      ]),
    rolledBack: () =>
      append([
        ...reach(1, { kind: "deploy" }),
        ...reach(2, { kind: "share", share: first?.share, by: first?.by }),
        { kind: "verdict", body: { ...verdict, reason: "Errors." } },
        ...reach(3, { kind: "restore" }),
        ends("rolled-back"),
      ]),
    completes: () => append([ends("completed")]),
    state: async () => {
      const state = foldStream((await ledger.read(stream)).events).get(rollout);
      if (state === undefined) throw new Error("The rollout is not in its stream.");
      return state;
    },
    words: async () => {
      const { events } = await ledger.read(stream);
      return events
        .filter(({ kind, body }) => kind === "command" && body.rollout === rollout)
        .map(({ body: { command, by, reason, source } }) => ({ command, by, reason, source }));
    },
  };
}

/** Somebody writes on an issue, and the App hears of it. */
export async function sayOn(app: TestWork, number: number, login: string, body: string): Promise<Comment> {
  const { rest } = getOctokit(login, { baseUrl: app.github.url });
  const { data } = await rest.issues.createComment({
    owner: "acme",
    repo: "shop",
    issue_number: number,
    body,
  });
  const comment = app.github.repository(shop).comments.get(data.id);
  if (!comment) throw new Error("The comment was not written.");
  await app.hear(comment);
  return comment;
}

export function urlOf(app: TestWork, comment: Comment, page = "pull"): string {
  return `${app.github.url}/${shop}/${page}/${comment.number}#issuecomment-${comment.id}`;
}
