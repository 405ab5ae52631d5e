import { afterAll, expect, test } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { analyses } from "../../../app/analysis/index.ts";
import { UserError } from "../../../core/errors.ts";
import { verifyChain } from "../../../core/evidence/verify.ts";
import { argoBody, closeWorld, harmful, healthy, startWorld, type World } from "./world.ts";

/** How a comparison ended stands in the ledger of its service and environment. */
let world: World;
afterAll(closeWorld);

const stream = "production/checkout";
const { candidate, baseline, service, environment, namespace, run } = argoBody;
const about = { service, environment, namespace, run, candidate, baseline, step: 2, weight: 20 };
const asked = { ...about, repository: "octo-org/shop", controller: "argo" as const };

/** Every window once, as far as the comparison may go. */
async function askedToTheEnd(ask: ReturnType<typeof analyses>["ask"]) {
  for (let window = 0; window < 10; window += 1) {
    await ask(asked);
    world.later(120);
  }
  return await ask(asked);
}

async function recorded() {
  const chain = await sqlLedger(world.server.database, "octo-org/shop").read(stream);
  expect(verifyChain(chain).fault).toBeUndefined();
  return chain.events;
}

test.each([
  ["promote", healthy, "healthy"],
  ["rollback", harmful, undefined],
  ["hold", (_: string) => ({ total: 8, bad: 0 }), undefined],
] as const)("%s stands there once, however often it is asked for", async (word, behaviour, code) => {
  world = await startWorld(behaviour);
  const { ask } = analyses(world.around);
  const answer = await askedToTheEnd(ask);
  await Promise.all([ask(asked), ask({ ...asked, weight: 50 }), analyses(world.around).ask(asked)]);
  const events = await recorded();
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    kind: "verdict",
    body: {
      ...{ service, environment, run, step: 2, controller: "argo", candidate, baseline },
      ...{ analysis_id: answer.id, verdict: word, reason: answer.reason, windows_planned: 8 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
  expect(answer.verdict).toBe(word);
  if (code) expect(answer.reason_code).toBe(code);
});

test("a crash before the ledger was written, or before that was noted, leaves one event all the same", async () => {
  world = await startWorld(harmful);
  const { database } = world.server;
  const down = () => {
    throw new Error("The process died here.");
  };
  await askedToTheEnd(analyses({ ...world.around, ledger: down }).ask);
  expect(await recorded()).toEqual([]);
  const { ask } = analyses(world.around);
  expect((await ask(asked)).verdict).toBe("rollback");
  expect(await recorded()).toHaveLength(1);
  await database.query("delete from effects");
  expect((await ask(asked)).verdict).toBe("rollback");
  expect(await recorded()).toHaveLength(1);
});

test("a ledger that cannot be written holds a promotion up, and no rollback", async () => {
  const down = () => {
    throw new UserError("ledger-unavailable", "The ledger is down.");
  };
  world = await startWorld(healthy);
  const held = await askedToTheEnd(analyses({ ...world.around, ledger: down }).ask);
  expect(held).toMatchObject({ verdict: "hold", reason_code: "ledger-unavailable" });
  expect((await analyses(world.around).ask(asked)).verdict).toBe("promote");
  world = await startWorld(harmful);
  expect((await askedToTheEnd(analyses({ ...world.around, ledger: down }).ask)).verdict).toBe("rollback");
  expect(world.server.told.at(-1)).toMatch(/rollback .* is not in the ledger: The ledger is down/);
});
