import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import type { Database } from "../adapters/database/database.ts";
import { openDatabase } from "../adapters/database/index.ts";
import { batches } from "../app/inbox/batch.ts";
import { receive } from "../app/inbox/receive.ts";
import { type Delivery, insertDeliveries } from "../app/inbox/store.ts";
import { serve } from "../app/server.ts";
import { startPostgres } from "../test/postgres.ts";
import { printOwnTime, printWaits } from "./app/pulls.ts";

/**
 * Signed 20 KB deliveries acknowledged a second: by `@octokit/webhooks` alone, which verifies and stores nothing, and by
 * the inbox, which answers after the commit. Then what a pull request costs, and how long it waits. All share the
 * machine.
 */
const run = promisify(execFile);
const secret = "a secret of this bench";
const deliveries = Number(process.argv[2] ?? "12000");
const connections = 64;

async function load(url: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [
    join(import.meta.dirname, "app/load.ts"),
    `${url}/webhooks`,
    secret,
    String(deliveries),
    String(connections),
  ]);
  return JSON.parse(stdout);
}

async function peer(): Promise<Record<string, unknown>> {
  const webhooks = new Webhooks({ secret });
  const server = createServer(createNodeMiddleware(webhooks, { path: "/webhooks" }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const seen = await load(`http://127.0.0.1:${port}`);
  server.closeAllConnections();
  server.close();
  return seen;
}

async function ours(database: Database): Promise<Record<string, unknown>> {
  const store = batches<Delivery>((items) => insertDeliveries(database, items), {
    mostItems: 250,
    atOnce: 2,
  });
  const reading = { bytes: 0 };
  const server = await serve(
    { host: "127.0.0.1", port: 0 },
    {
      webhook: (request, response) =>
        receive(request, response, {
          secret,
          appId: "1",
          store,
          stored: () => undefined,
          warn: (sentence) => console.error(sentence),
          reading,
        }),
      isReady: async () => true,
      warn: (sentence) => console.error(sentence),
    },
  );
  const seen = await load(server.url);
  await server.close();
  const [{ stored } = { stored: 0 }] = await database.query("select count(*)::int as stored from inbox");
  return { ...seen, stored };
}

function print(name: string, seen: Record<string, unknown>): void {
  console.log(
    `${name.padEnd(52)} ${String(seen.perSecond).padStart(6)}/s  p50 ${seen.p50Ms} ms  p99 ${seen.p99Ms} ms  ${JSON.stringify(seen.statuses)}${seen.stored === undefined ? "" : `  stored ${seen.stored}`}`,
  );
}

console.log(
  `${deliveries} signed deliveries of 20 KB, ${connections} connections, sender on the same machine`,
);
print("@octokit/webhooks alone, stores nothing", await peer());
const postgres = await startPostgres();
try {
  const database = await openDatabase({ url: postgres.url });
  const [{ fsync } = {}] = await database.query("select current_setting('fsync') as fsync");
  const [{ commit } = {}] = await database.query("select current_setting('synchronous_commit') as commit");
  print(`inbox on PostgreSQL (fsync ${fsync}, synchronous_commit ${commit})`, await ours(database));
  await database.close();
  await printOwnTime(postgres, 10);
  await printWaits(postgres, 500, 10);
} finally {
  await postgres.stop();
}
const folder = await mkdtemp(join(tmpdir(), "bench-app-"));
const embedded = await openDatabase({ folder });
print("inbox on PGlite in a folder (no fsync)", await ours(embedded));
await embedded.close();
await rm(folder, { recursive: true, force: true });
