import { describe, expect, test } from "vitest";
import { decisionEvent } from "../../../../adapters/ledgers/record-decision.ts";
import { decide } from "../../../../core/decision/decide.ts";
import { seal } from "../../../../core/evidence/chain.ts";
import type { NewEvent } from "../../../../core/evidence/event.ts";
import { decisionsOf } from "../../../../core/learning/shadow/said.ts";
import { madeModel } from "../../../made-model.ts";
import { changeOf, smallPolicy } from "../../decision/small-policy.ts";

const head = "a".repeat(40);
const body = decide(
  changeOf(60, {
    change: { kind: "release", head },
    diff: { additions: 60, files: 8 },
    service: { name: "shop", environment: "production" },
  }),
  smallPolicy({ model: madeModel() }),
);
const decidedAt = "2026-03-01T10:00:00.000Z";
const at = Date.parse(decidedAt) / 1000;
const event = (changed: Record<string, unknown> = {}): NewEvent => {
  const decided = decisionEvent(body, { actor: "ada", decidedAt });
  return { ...decided, body: { ...decided.body, ...changed } };
};
const read = (service: string, ...events: NewEvent[]) =>
  decisionsOf(seal("production/shop", null, events), service);

test("what decide records is what the report reads", () => {
  const said = read("shop", event()).named(body.decision_id);
  expect(said).toEqual({
    ...{ decision: body.decision_id, at, heuristicScore: body.risk_score },
    model: {
      version: madeModel().version,
      state: "shadow",
      probability: body.model?.probability,
      rankPercent: 70,
    },
  });
});

test("of several services the own one speaks", () => {
  const own = { ...body.services[0], name: "search", risk_score: 7, model: undefined };
  const said = read("search", event({ services: [own, ...body.services] })).named(body.decision_id);
  expect(said).toMatchObject({ heuristicScore: 7 });
  expect(said?.model).toBeUndefined();
});

test("a rollout without a decision's name finds the last one about its commit before it", () => {
  const later = { ...event({ decision_id: "dec_later" }), at: "2026-03-02T10:00:00.900Z" };
  const decisions = read("shop", event(), later);
  expect(decisions.about(head, at + 60)?.decision).toBe(body.decision_id);
  expect(decisions.about(head, at + 86_400)?.decision).toBe("dec_later");
  expect(decisions.about(head, at - 1)).toBeUndefined();
  expect(decisions.about("b".repeat(40), at + 60)).toBeUndefined();
});

describe("what nobody of ours wrote says nothing", () => {
  const service = body.services[0];
  test.each([
    ["a probability above 1", { ...body.model, probability: 2 }],
    ["a word for a number", { ...body.model, probability: "high" }],
    ["no model at all", null],
    ["a model that did not speak", { ...body.model, probability: undefined }],
  ])("%s", (_, model) => {
    const said = read("shop", event({ model, services: [{ ...service, model }] })).named(body.decision_id);
    expect(said).toMatchObject({ heuristicScore: body.risk_score });
    expect(said?.model).toBeUndefined();
  });

  test("nor does an event that is no decision", () => {
    expect(read("shop", event({ risk_score: "1" })).named(body.decision_id)).toBeUndefined();
  });
});
