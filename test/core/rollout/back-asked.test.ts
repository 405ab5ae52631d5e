import { expect, test } from "vitest";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import { backAsked } from "../../../core/rollout/back-asked.ts";
import { planFor } from "../../contracts/target-plan.ts";

const plan = planFor("v1", "v2");
const { rollout } = plan;
const later = { ...plan, rollout: "ro_ffffffffffff" };

function chain(...events: [kind: LedgerEvent["kind"], body: Record<string, unknown>][]): LedgerEvent[] {
  return events.map(([kind, body], sequence) => ({
    ...{ schema_version: 1, stream: "production/shop", sequence, previous: null, hash: "", kind, body },
    ...{ nonce: "0123456789abcdef", at: "2026-11-21T10:00:00.000Z", actor: "run" },
  }));
}
const opened = ["rollout", { rollout, plan }] as [LedgerEvent["kind"], Record<string, unknown>];
const ended = (outcome: string): [LedgerEvent["kind"], Record<string, unknown>] => [
  "outcome",
  { rollout, outcome, candidate: "v2", automatic: true, reason_code: "healthy", reason: "So." },
];
const says = (command: string): [LedgerEvent["kind"], Record<string, unknown>] => [
  "command",
  { rollout, command, reason: "customers cannot pay", by: "tess", source: "https://github.com/x" },
];

test("an abort behind a rollout that ended well asks for the way back", () => {
  expect(backAsked(chain(opened, ended("completed"), says("abort")))?.body).toMatchObject({ by: "tess" });
});

test.each([
  ["nobody said so", chain(opened, ended("completed"))],
  ["it was said before the end", chain(opened, says("abort"), ended("completed"))],
  ["it was taken back", chain(opened, ended("rolled-back"), says("abort"))],
  ["it is under way", chain(opened, says("abort"))],
  ["something else was said", chain(opened, ended("completed"), says("pause"))],
  [
    "another one was opened since",
    chain(opened, ended("completed"), says("abort"), [
      "rollout",
      { rollout: later.rollout, plan: { ...later, kind: "back", steps: [] } },
    ]),
  ],
  ["there is none", []],
])("and otherwise nobody does: %s", (_, events) => {
  expect(backAsked(events)).toBeNull();
});
