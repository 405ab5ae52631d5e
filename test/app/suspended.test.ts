import { expect, test } from "vitest";
import { githubError } from "../../adapters/github/client.ts";
import { isTransient } from "../../adapters/github/transient.ts";
import { insertDeliveries } from "../../app/inbox/store.ts";
import { onInstallation } from "../../app/webhooks/installation.ts";
import { freshDatabase } from "../database.ts";
import { startWork } from "./work.ts";

const suspended = Object.assign(new Error("This installation has been suspended"), {
  status: 403,
  response: { headers: {} },
});

test("what waits for a suspended installation is not set aside, and goes on when it is back", async () => {
  expect(isTransient(githubError(suspended, "a token"))).toBe(true);
  const database = await freshDatabase();
  const app = await startWork({ database, thresholds: null });
  const delivery = (id: string, installation: number) => ({
    ...{ id, event: "pull_request", payload: "{}" },
    address: { installation, repository: "acme/shop", lane: id },
  });
  await insertDeliveries(database, [
    delivery("parked", 1),
    delivery("waiting", 1),
    delivery("broken", 1),
    delivery("other", 2),
  ]);
  const set = (ids: string[], what: string) =>
    database.query(`update inbox set attempts = 3, ${what} where delivery_id = any($1::text[])`, [ids]);
  await set(["parked", "other"], `state = 'parked', error = '${suspended.message}'`);
  await set(["broken"], "state = 'parked', error = 'a bug'");
  await set(["waiting"], "not_before = now() + interval '10 minutes'");
  await onInstallation({ action: "unsuspend", installation: { id: 1 } }, app.work);
  const rows = await database.query(
    "select delivery_id, state, attempts, not_before from inbox order by sequence",
  );
  const again = { state: "waiting", attempts: 0, not_before: null };
  expect(rows).toMatchObject([
    { delivery_id: "parked", ...again },
    { delivery_id: "waiting", ...again },
    { delivery_id: "broken", state: "parked", attempts: 3 },
    { delivery_id: "other", state: "parked", attempts: 3 },
  ]);
  await app.close();
  await database.close();
});
