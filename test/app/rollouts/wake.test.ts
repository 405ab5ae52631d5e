import { expect, test } from "vitest";
import { lookAt } from "../../../app/rollouts/wake.ts";

const now = new Date("2026-03-02T12:00:00.000Z");
const lease = (action: string, seconds?: number) => ({
  kind: "lease" as const,
  body: { action, holder: "run", fencing: 1, ...(seconds === undefined ? {} : { lease_seconds: seconds }) },
});
const said = { kind: "command" as const, body: {} };
const moved = { kind: "intent" as const, body: {} };

test.each([
  ["a word", [said], 0],
  ["a lease, when it runs out", [lease("acquire", 600)], 600],
  ["a lease with what follows it", [lease("renew", 600), moved], 600],
  ["a word behind a lease", [lease("renew", 600), said], 0],
  ["a lease that was given back", [lease("release")], 0],
  ["a lease that is none, at once", [lease("acquire", 1e12)], 0],
  ["nothing else", [moved], undefined],
])("a rollout is looked at for the sake of %s", (_, events, seconds) => {
  const at = seconds === undefined ? undefined : new Date(now.getTime() + seconds * 1000);
  expect(lookAt(events, now)).toEqual(at);
});
