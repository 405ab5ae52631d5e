import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startPrometheus } from "../app/analysis/prometheus.ts";
import { startCollector } from "../app/collector.ts";
import { commanded, type Ran } from "../cli/command.ts";
import { type Haproxy, startHaproxy, users } from "./haproxy.ts";
import { startProcess } from "./own-process.ts";
import { repositoryBehind } from "./rollout-repository.ts";

/** Whole rollouts from the command line: a real HAProxy, a ledger of files, and the answers of a store. */

const patience = { timeout: 120_000 };
const about = ["--decision", "decision.json", "--candidate", "green"];
let proxy: Haproxy;
let store: Awaited<ReturnType<typeof startPrometheus>>;
let checkout: ReturnType<typeof repositoryBehind>;
let bad: Record<string, number>;

beforeEach(async () => {
  bad = {};
  proxy = await startHaproxy();
  store = await startPrometheus((version) => ({ total: 5000, bad: bad[version] ?? 5 }));
  checkout = repositoryBehind({ shop: proxy }, store.url);
  const decided = await run("decide", "--base", "HEAD~1", "--json");
  writeFileSync(join(checkout.folder, "decision.json"), decided.out);
});
afterEach(async () => {
  await Promise.all([proxy.stop(), store.close()]);
  checkout.dispose();
});

const run = (...words: string[]): Promise<Ran> => commanded(words, checkout.folder);
const begin = (...words: string[]) => run("rollout", "run", ...about, ...words);
const weights = async () => [
  await proxy.command("get weight pool/blue"),
  await proxy.command("get weight pool/green"),
];
async function status() {
  const [document] = JSON.parse((await run("rollout", "status", "--json")).out);
  return document;
}
/** The command line as a process of its own, which signals reach. */
function aside(words: string[], environment: Record<string, string> = {}) {
  const entry = join(import.meta.dirname, "../../cli/index.ts");
  return startProcess(process.execPath, [entry, ...words], {
    cwd: checkout.folder,
    environment: { USER: "grace", NO_COLOR: "1", ...environment },
  });
}
/** A store that does not answer keeps a rollout at its step for twenty seconds. */
const inStep = (step: number, said = () => "") =>
  expect
    .poll(async () => (existsSync(join(checkout.folder, "ledger")) ? await status() : { said: said() }), {
      timeout: 40_000,
    })
    .toMatchObject({ doing: "watching", step });

describe("a rollout from the command line", patience, () => {
  it("is planned without a trace, promoted step by step and undone, and no request of many users fails", async () => {
    const before = await weights();
    const planned = await run("rollout", "plan", ...about);
    expect(planned.code, planned.note).toBe(0);
    expect(planned.out).toContain("shop in production: canary blue → green");
    expect(planned.out).toMatch(/1 {2}20 % of traffic .*\n.*chance of/);
    expect(planned.out).toContain("    set server pool/green weight 20\n");
    expect(await weights()).toEqual(before);
    expect(existsSync(join(checkout.folder, "ledger"))).toBe(false);

    const load = users(proxy.url, 8, 25);
    const promoted = await begin();
    expect(promoted.code, promoted.note).toBe(0);
    expect(promoted.out).toContain("Promoted: green is the stable version.");
    for (const step of ["step 1/3, 20 % of traffic", "step 2/3, 50 % of traffic", "step 3/3, all traffic"])
      expect(promoted.note).toContain(step);
    expect(await (await fetch(proxy.url)).text()).toBe("green");
    const again = await begin();
    expect(again).toMatchObject({ code: 0, out: "" });
    expect(again.note).toContain("green is the stable version already");

    const undone = await run("rollback", "--reason", "Customers called.");
    expect(undone.code, undone.note).toBe(0);
    expect(undone.out).toContain("rollback from green to blue\nRolled back: blue has everything again.");
    expect(await (await fetch(proxy.url)).text()).toBe("blue");
    expect(await load).toMatchObject({ refused: 0, broken: 0 });
    expect((await proxy.counts("green")).requests).toBeGreaterThan(50);
    expect((await run("ledger", "verify", "--folder", "ledger")).code).toBe(0);
    expect((await run("ledger", "show", "--folder", "ledger")).out).toContain("abort, Customers called.");
  });

  it("does not begin what an enforced decision wants an approval for", async () => {
    const enforced = await run("decide", "--base", "HEAD~1", "--mode", "enforced", "--json");
    writeFileSync(join(checkout.folder, "enforced.json"), enforced.out);
    const words = ["--decision", "enforced.json", "--candidate", "green"];
    const planned = await run("rollout", "plan", ...words);
    expect(planned.code, planned.note).toBe(2);
    expect(planned.out).toContain("wants an approval before the start");
    const { code, note } = await run("rollout", "run", ...words);
    expect(code).toBe(3);
    expect(note).toContain("wants an approval before the start");
    expect(existsSync(join(checkout.folder, "ledger"))).toBe(false);
  });

  it("takes a bad version back at its first step, says so in a file, and does not let it come again", async () => {
    bad = { green: 1500 };
    const { code, out, note } = await begin();
    expect(code, note).toBe(2);
    expect(out).toContain("Rolled back: blue has everything again.");
    expect(out).toContain("✗  1  20 % of traffic");
    expect(await (await fetch(proxy.url)).text()).toBe("blue");
    const { rollout, notices, doing } = await status();
    expect(doing).toBe("rolled-back");
    const path = join(checkout.folder, "rollout", rollout, `incident-${notices[0].notice.code}.md`);
    const incident = readFileSync(path, "utf8");
    expect(incident).toMatch(/^# shop in production: green taken back/);
    expect(incident).toContain("| `errors` | 0.3 | 0.001 |");
    expect(incident).toContain("`/rollout overrule <reason>`");

    const quarantined = await begin();
    expect(quarantined.code).toBe(2);
    expect(quarantined.note).toContain("This candidate was taken back at");
    const planned = await run("rollout", "plan", ...about);
    expect(planned).toMatchObject({ code: 2, out: expect.stringContaining("It would not begin:") });
    bad = {};
    expect((await run("rollout", "switch", "overrule")).code).toBe(64);
    expect((await run("rollout", "switch", "overrule", "--reason", "The store was wrong.")).code).toBe(0);
    expect((await begin()).code).toBe(0);
  });

  it("is left where it is by Ctrl-C, and goes on with the same command; another one is refused meanwhile", async () => {
    store.state.status = 503;
    const collector = await startCollector();
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const first = aside(["rollout", "run", ...about], traced);
    await inStep(1, first.said);
    const other = await run("rollout", "run", ...about.slice(0, 2), "--candidate", "blue");
    expect(other.code).toBe(2);
    expect(other.note).toContain("green is on its way already");
    await first.end("SIGINT");
    expect(first.said()).toContain("is held where it is, nothing was taken back");
    expect(await status()).toMatchObject({ doing: "watching", step: 1, share: 20, lease: null });
    store.state.status = 200;
    const second = aside(["rollout", "run", ...about], traced);
    await expect.poll(() => second.running(), { timeout: 60_000 }).toBe(false);
    await collector.close();
    expect(second.said()).toContain("Going on with ro_");
    expect(second.said()).toContain("Promoted: green is the stable version.");
    // Both runs drew one trace, each what it saw the end of.
    const parts = ["deploy", "step 1", "step 2", "step 3", "bake", "promote", "rollout"];
    expect(collector.spans.map(({ name }) => name)).toEqual(parts);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it("obeys words from another terminal, and whoever watches sees it end", async () => {
    store.state.status = 503;
    const running = begin();
    await inStep(1);
    const watching = aside(["rollout", "status", "--watch"]);
    expect((await run("rollout", "switch", "resume")).note).toContain("resume changes nothing");
    const paused = await run("rollout", "switch", "pause", "--reason", "A look at the logs.");
    expect(paused.out).toContain("Why: A look at the logs. (paused, by ada at");
    await sleep(2500);
    expect(await status()).toMatchObject({ doing: "watching", step: 1, stop: { code: "paused" } });
    expect((await run("rollout", "switch", "resume")).code).toBe(0);
    expect(await status()).toMatchObject({ doing: "watching", stop: null });
    const undone = await run("rollout", "undo", "--reason", "Enough.");
    expect(undone.code, undone.note).toBe(0);
    expect(undone.out).toContain("ada took it back: Enough.");
    expect(await (await fetch(proxy.url)).text()).toBe("blue");
    await expect.poll(() => watching.running(), { timeout: 10_000 }).toBe(false);
    expect(watching.said()).toContain("Rolled back: blue has everything again.");
    expect(await running).toMatchObject({ code: 2 });
  });

  it("moves nothing while a person keeps automation off, not even back", async () => {
    expect((await run("off", "--for", "soon")).code).toBe(64);
    store.state.status = 503;
    const running = begin("--wait-for-approval", "3s");
    await inStep(1);
    const off = await run("off", "--for", "2h", "--reason", "An incident.");
    expect(off.out).toMatch(/^Automation keeps off shop in production until 20/);
    store.state.status = 200;
    bad = { green: 1500 };
    const { code, note } = await running;
    expect(code).toBe(3);
    expect(note).toContain("ada keeps automation off until");
    const before = await weights();
    const held = await run("rollback");
    expect(held.code, held.note).toBe(3);
    expect(held.note).toContain("hands off · ada keeps automation off");
    expect(await weights()).toEqual(before);
    expect((await run("off", "--lift")).code).toBe(0);
    const back = await run("rollback");
    expect(back.code, back.note).toBe(0);
    expect(await (await fetch(proxy.url)).text()).toBe("blue");
  });

  it("goes back while the ledger cannot be read, and tells the ledger afterwards", async () => {
    store.state.status = 503;
    const first = aside(["rollout", "run", ...about]);
    await inStep(1, first.said);
    await first.end("SIGINT");
    const [ledger, away] = [join(checkout.folder, "ledger"), join(checkout.folder, "away")];
    renameSync(ledger, away);
    writeFileSync(ledger, "no folder");
    const back = await run("rollback", "--reason", "Now.");
    expect(back.code, back.note).toBe(0);
    expect(back.note).toContain("Back from green to blue without the ledger.");
    expect(await (await fetch(proxy.url)).text()).toBe("blue");
    rmSync(ledger);
    renameSync(away, ledger);
    expect(await status()).toMatchObject({ doing: "watching", step: 1 });
    store.state.status = 200;
    const told = await begin();
    expect(told.code, told.note).toBe(2);
    expect(await status()).toMatchObject({ doing: "rolled-back", turned: { code: "aborted" } });
    expect((await run("ledger", "verify", "--folder", "ledger")).code).toBe(0);
  });
});
