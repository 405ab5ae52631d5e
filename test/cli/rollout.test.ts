import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileLedger } from "../../adapters/ledgers/file.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { commands } from "../../core/rollout/events.ts";
import { planFor } from "../contracts/target-plan.ts";
import { commanded } from "./command.ts";

/** What needs no target: where rollouts stand, a person's word to one, and everything that is said wrongly. */

const bundle = {
  "services.yaml": `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    target: { kind: haproxy, socket: none.sock, backend: pool, servers: [{ name: blue }, { name: green }] }
  - { name: nowhere, paths: ["nowhere/**"] }
`,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rollout-"));
  mkdirSync(join(folder, ".github/adaptive-deploy"), { recursive: true });
  configure("ledger: { home: file, folder: ledger }");
  for (const [name, text] of Object.entries(bundle))
    writeFileSync(join(folder, ".github/adaptive-deploy", name), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configure = (line: string) =>
  writeFileSync(join(folder, ".github/adaptive-deploy.yml"), `schema-version: 1\n${line}\n`);
const run = (...words: string[]) => commanded(words, folder);

async function written(service: string, ...events: Pick<NewEvent, "kind" | "body">[]): Promise<void> {
  const ledger = fileLedger({ folder: join(folder, "ledger") });
  const stream = `production/${service}`;
  const { head } = await ledger.read(stream);
  const at = "2026-11-21T10:00:00.000Z";
  const sealed = events.map((event) => ({ ...event, at, actor: "run", nonce: randomUUID() }));
  await ledger.append(stream, sealed, head);
}

const plan = planFor("v1", "v2", { approval: "cut-over" });
const { rollout } = plan;
const opening = { kind: "rollout", body: { rollout, plan } } as const;
const moved = (number: number, effect: object): Pick<NewEvent, "kind" | "body">[] => [
  { kind: "intent", body: { rollout, number, fencing: 1, effect } },
  { kind: "result", body: { rollout, number, status: "done" } },
];
const atFirstStep = () =>
  written(
    "shop",
    opening,
    ...moved(1, { kind: "deploy" }),
    ...moved(2, { kind: "share", share: 10, by: "weight" }),
  );

describe("rollout status", () => {
  it("tells every rollout of the environment, or one, as text, JSON and Markdown", async () => {
    await atFirstStep();
    const other = { ...plan, service: "search" };
    await written("search", { kind: "rollout", body: { rollout, plan: other } });
    await written("idle", { kind: "decision", body: { decision_id: "d" } });
    const { code, out } = await run("rollout", "status");
    expect(code).toBe(0);
    expect(out).toContain("shop in production: canary v1 → v2\nWatching: Step 1 of 2");
    expect(out).toContain("search in production: canary v1 → v2\nMoving: the candidate is put beside");
    expect(out).not.toContain("idle");
    const documents = JSON.parse((await run("rollout", "status", "--json")).out);
    expect(
      documents.map(({ service, doing }: { service: string; doing: string }) => [service, doing]),
    ).toEqual([
      ["search", "moving"],
      ["shop", "watching"],
    ]);
    const markdown = await run("rollout", "status", "--service", "shop", "--markdown");
    expect(markdown.out).toMatch(/^### 🔵 `shop` in `production`/);
  });

  it("draws the rollout of one service, and asks which where there are two", async () => {
    await atFirstStep();
    const drawn = await run("rollout", "status", "--svg", "shop.svg");
    expect(drawn.code, drawn.note).toBe(0);
    expect(readFileSync(join(folder, "shop.svg"), "utf8")).toMatch(
      /^<svg [\s\S]*shop in production: watching/,
    );
    const other = { ...plan, service: "search" };
    await written("search", { kind: "rollout", body: { rollout, plan: other } });
    expect(await run("rollout", "status", "--svg", "both.svg")).toMatchObject({
      ...{ code: 64, note: expect.stringContaining("--service") },
    });
    expect(existsSync(join(folder, "both.svg"))).toBe(false);
  });

  it("says so where there is none", async () => {
    await atFirstStep();
    for (const words of [
      ["--service", "search"],
      ["--environment", "staging"],
    ])
      expect(await run("rollout", "status", ...words)).toMatchObject({
        code: 65,
        note: expect.stringContaining("The ledger tells of no rollout there."),
      });
  });
});

describe("rollout switch", () => {
  it("writes a word down with who said it and why, and shows what came of it", async () => {
    await atFirstStep();
    const { code, out, note } = await run("rollout", "switch", "pause", "--reason", "A look.");
    expect(code, note).toBe(0);
    expect(out).toContain("Why: A look. (paused, by ada at");
    expect(note).toContain("nobody drives this rollout now");
    const { events } = await fileLedger({ folder: join(folder, "ledger") }).read("production/shop");
    expect(events.at(-1)).toMatchObject({
      kind: "command",
      actor: "ada",
      body: { rollout, command: "pause", reason: "A look.", by: "ada" },
    });
  });

  it("refuses what would change nothing, and writes nothing then", async () => {
    await atFirstStep();
    const { code, note } = await run("rollout", "switch", "resume");
    expect(code).toBe(65);
    expect(note).toContain(
      "resume changes nothing of ro_0123456789ab now: watching. These would: pause, hold,",
    );
    const { events } = await fileLedger({ folder: join(folder, "ledger") }).read("production/shop");
    expect(events.filter(({ kind }) => kind === "command")).toEqual([]);
  });

  it("means the only rollout that is under way, and asks which where there are two", async () => {
    await atFirstStep();
    await written("idle", { kind: "decision", body: { decision_id: "d" } });
    expect((await run("rollout", "switch", "pause")).code).toBe(0);
    await written("search", { kind: "rollout", body: { rollout, plan: { ...plan, service: "search" } } });
    const { code, note } = await run("rollout", "switch", "resume");
    expect(code).toBe(64);
    expect(note).toContain("the ledger holds production/search, production/shop. Name one with --service.");
    expect((await run("rollout", "switch", "resume", "--service", "shop")).code).toBe(0);
  });

  it("takes next for promote", async () => {
    await atFirstStep();
    expect((await run("rollout", "switch", "next")).out).toContain("Waits for an approval: Step 2 of 2");
    expect((await run("rollout", "switch", "approve")).out).toContain("Moving: Step 2 of 2");
  });

  it.each([
    [["switch"], 64, `Allowed: ${commands.join(", ")}, next.`],
    [["switch", "pasue"], 64, 'did you mean "pause"?'],
    [["switch", "overrule"], 64, "say with --reason why"],
    [["switch", "pause", "--service", "none"], 65, "tells of no rollout in production/none"],
    [["switch", "pause", "--environment", "staging"], 64, "Name one with --service"],
    [["pause"], 64, '"pause" is nothing to do. Say one of plan, run, status, switch, undo'],
    [["status", "now"], 64, '"status now" is nothing to do'],
    [[], 64, "Say one of plan"],
    [["run", "--on-cancel", "hold"], 64, "unknown flag --on-cancel"],
    [["run", "--service", "shop"], 65, "A rollout follows a decision"],
    [["run", "--service", "shpo"], 64, 'did you mean "shop"?'],
    [["run", "--service", "nowhere"], 65, "does not say where nowhere runs"],
    [["run", "--service", "shop", "--decision", "none.json"], 65, "none.json cannot be read"],
    [["run", "--service", "shop", "--wait-for-approval", "soon"], 64, "wait-for-approval"],
    [["run", "--service", "shop", "--decision-id", "d"], 65, "holds no decision d"],
  ])("rollout %j ends with %i and says why in one line", async (words, code, said) => {
    await atFirstStep();
    const ran = await run("rollout", ...words);
    expect([ran.code, ran.note]).toEqual([code, expect.stringContaining(said)]);
    expect(ran.note.trim().split("\n")).toHaveLength(1);
  });

  it("knows no rollout without a ledger", async () => {
    configure("ledger: { home: none }");
    const { code, note } = await run("rollout", "run", "--service", "shop");
    expect(code).toBe(64);
    expect(note).toContain("A rollout stands in a ledger");
  });
});

describe("quarantine", () => {
  const quarantine = (...words: string[]) => run("quarantine", "--service", "shop", ...words);
  const stops = async () => {
    const { events } = await fileLedger({ folder: join(folder, "ledger") }).read("production/shop");
    return events.filter(({ kind }) => kind === "quarantine");
  };

  it("keeps a version out with who said so, why and until when, and lets it in again", async () => {
    await atFirstStep();
    const image = `registry/shop@sha256:${"d".repeat(64)}`;
    const { code, out } = await quarantine(image, "--for", "14d", "--reason", "It loses orders.");
    expect(code).toBe(0);
    expect(out).toMatch(/^sha256:d{64} is kept out of shop in production until /);
    const [said, ...more] = await stops();
    expect(said).toMatchObject({
      actor: "ada",
      body: { digest: `sha256:${"d".repeat(64)}`, reason: "It loses orders.", by: "ada" },
    });
    expect(more).toEqual([]);
    const until = Date.parse(String(said?.body.until));
    expect(until - Date.parse(said?.at ?? "")).toBeGreaterThan(13.9 * 86_400_000);
    expect((await quarantine(image, "--lift", "--reason", "It was the database.")).out).toMatch(
      /may go out to shop in production again\.$/m,
    );
    expect((await stops())[1]?.body.until).toBeUndefined();
  });

  it("takes back what is on its way, and says where nobody drives it", async () => {
    await atFirstStep();
    const { code, note } = await quarantine("v2", "--reason", "It loses orders.");
    expect(code).toBe(0);
    expect(note).toContain("ro_0123456789ab is on its way with it and goes back; nobody drives it now");
    const status = await run("rollout", "status", "--service", "shop");
    expect(status.out).toContain("ada took it back: It is quarantined. It loses orders.");
  });

  it("holds for as long as policy keeps out what was taken back, and is not said twice", async () => {
    await quarantine("v2", "--reason", "It loses orders.");
    const [said, ...more] = await stops();
    expect(Date.parse(String(said?.body.until)) - Date.parse(said?.at ?? "")).toBeLessThanOrEqual(1_800_000);
    expect(more).toEqual([]);
    await quarantine("v2", "--for", "1m", "--reason", "It loses orders.");
    expect(await stops()).toHaveLength(1);
    await quarantine("v2", "--for", "1h", "--reason", "It loses orders.");
    expect(await stops()).toHaveLength(2);
  });

  it.each([
    [["--reason", "So."], 64, "name one version"],
    [["v2", "v3", "--reason", "So."], 64, "name one version"],
    [["v2"], 64, "say why with --reason"],
    [["v2", "--for", "soon", "--reason", "So."], 64, '--for is "soon"'],
    [["v2", "--reason", "So.", "--environment", "x".repeat(300)], 65, "cannot name a stream"],
  ])("%j ends with %i", async (words, code, said) => {
    const ran = await quarantine(...words);
    expect([ran.code, ran.note]).toEqual([code, expect.stringContaining(said)]);
    expect(await stops()).toEqual([]);
  });
});

describe("off and rollback", () => {
  it("leaves who keeps automation off and why where the target is, even if that does not answer", async () => {
    const left = () =>
      JSON.parse(readFileSync(join(folder, "none.sock.adaptive-deploy.hands-off.json"), "utf8"));
    const { code, out } = await run("off", "--service", "shop", "--reason", "An incident.");
    expect(code).toBe(0);
    expect(out).toContain("until `adaptive-deploy off --lift`");
    expect(left().hands_off).toEqual({ by: "ada", reason: "An incident.", until: null });
    await run("off", "--service", "shop", "--for", "2h");
    expect(Date.parse(left().hands_off.until) - Date.now()).toBeGreaterThan(7_000_000);
    expect((await run("off", "--service", "shop", "--lift")).out).toBe(
      "Automation may move shop in production again.\n",
    );
    expect(left().hands_off).toBeNull();
  });

  it.each([
    [["off", "--service", "shop", "--for", "2 h"], 64, "--for is"],
    [["off", "--service", "nowhere"], 65, "does not say where nowhere runs"],
    [["rollback", "--service", "shop"], 69, "none.sock does not answer"],
    [["rollback", "--service", "shop", "--dry-run"], 69, "none.sock does not answer"],
    [["rollback", "--service", "shop", "--fleet"], 64, "shop runs on haproxy, which is no fleet"],
    [["rollout", "undo", "--service", "shop", "--fleet", "--dry-run"], 64, "is no fleet of devices"],
  ])("%j ends with %i", async (words, code, said) => {
    const ran = await run(...words);
    expect([ran.code, ran.note]).toEqual([code, expect.stringContaining(said)]);
  });
});
