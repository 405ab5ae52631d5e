import { describe, expect, test } from "vitest";
import { githubBranchLedger } from "../../../adapters/ledgers/github-branch.ts";
import { mostAnHour, mostOfRollout } from "../../../app/rollouts/often.ts";
import { UserError } from "../../../core/errors.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, slug } from "../work.ts";
import {
  allowed,
  configured,
  forsaken,
  issuesOf,
  longAgo,
  minuteMs,
  noticesOf,
  runsOf,
} from "./forsaken-work.ts";

const start = worksOfFile();

describe("a rollout whose run died", () => {
  test("is looked at when its lease has been silent for as long again, and a run of the watchdog is asked for once", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.watches();
    await rollout.leased("acquire");
    expect(await rollout.look(10)).toEqual([20]);
    expect(runsOf(app)).toEqual([]);
    expect(await rollout.look(20)).toEqual([30]);
    expect(await rollout.look(21)).toEqual([30]);
    expect(runsOf(app)).toMatchObject([
      { event: "workflow_dispatch", path: ".github/workflows/dog.yml", headBranch: "main", inputs: {} },
    ]);
    expect(await noticesOf(app, rollout)).toMatchObject([
      {
        kind: "asked",
        code: "watchdog",
        sentence: expect.stringContaining("A run of dog.yml was asked for"),
      },
    ]);
    expect(issuesOf(app)).toEqual([]);
  });

  test("is left to whoever takes it up, and asked for anew where that one dies as well", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await rollout.look(20);
    const begin = app.now().getTime();
    await rollout.leased("takeover", 2, begin + 22 * minuteMs);
    expect(await rollout.look(30)).toEqual([42]);
    expect(runsOf(app)).toHaveLength(1);
    expect(await rollout.look(42)).toEqual([52]);
    expect(runsOf(app)).toHaveLength(2);
  });

  test("is told to people, once, where nobody took it up", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await rollout.look(20);
    expect(await rollout.look(30)).toEqual([]);
    await rollout.look(31);
    expect(runsOf(app)).toHaveLength(1);
    expect(issuesOf(app)).toHaveLength(1);
    expect(issuesOf(app)[0]).toContain("none took it up");
    expect(await noticesOf(app, rollout)).toMatchObject([
      { kind: "asked" },
      { kind: "page", code: "silent" },
    ]);
  });

  test("is left its time to be taken up, however late the App found it", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    expect(await rollout.look(90)).toEqual([100]);
    expect(issuesOf(app)).toEqual([]);
    expect(await rollout.look(100)).toEqual([]);
    expect(issuesOf(app)).toHaveLength(1);
  });

  test.each([
    ["may start none", "actions: write", undefined, "read"],
    ["asks for what is no watchdog", "take workflow_dispatch", "on: push\njobs: {}\n", "write"],
  ] as const)("is told to people at once where the App %s", async (_, sentence, workflow, right) => {
    const app = allowed(await start(configured("", workflow)), right);
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await rollout.look(20);
    await longAgo(app);
    await rollout.look(25);
    expect(runsOf(app)).toEqual([]);
    expect(issuesOf(app)).toHaveLength(1);
    expect(issuesOf(app)[0]?.replaceAll("`", "")).toContain(sentence);
  });

  test("is told to people later where no watchdog is named: one may come by its schedule", async () => {
    const app = allowed(await start());
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    expect(await rollout.look(20)).toEqual([30]);
    expect(issuesOf(app)).toEqual([]);
    await rollout.look(30);
    expect(issuesOf(app)[0]).toContain("names no");
    expect(runsOf(app)).toEqual([]);
  });

  test("and was never driven is asked for as well", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    expect(await rollout.look(20)).toEqual([30]);
    expect(runsOf(app)).toHaveLength(1);
  });
});

describe("nothing is asked for", () => {
  test("where the run gave its lease back, since it said what it waits for", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await rollout.leased("release");
    expect(await rollout.look(300)).toEqual([]);
    expect([runsOf(app), issuesOf(app)]).toEqual([[], []]);
  });

  test("where people stopped it", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await app.say("tess", "/rollout pause wait");
    expect(await rollout.look(300)).toEqual([]);
    expect([runsOf(app), issuesOf(app)]).toEqual([[], []]);
  });

  test("where it has ended, or another repository's is kept here", async () => {
    const app = allowed(await start(configured("ledger: { home: git-branch }\n")));
    const ledger = githubBranchLedger({ client: app.work.client, repository: shop });
    const other = await forsaken(app, { repository: "acme/till" }, ledger);
    expect(await other.look(300)).toEqual([]);
    const own = await forsaken(app, { service: "web", rollout: "ro_000000000002" }, ledger);
    await own.completes();
    expect(await own.look(300)).toEqual([]);
    expect([runsOf(app), issuesOf(app)]).toEqual([[], []]);
  });

  test("where nothing is configured, or its ledger is out of reach", async () => {
    const app = allowed(await start({ thresholds: null }));
    expect(await (await forsaken(app)).look(300)).toEqual([]);
    await app.close();
    const away = allowed(await start(configured("ledger: { home: file, folder: x }\n")));
    expect(await (await forsaken(away)).look(300)).toEqual([]);
    expect(runsOf(away)).toEqual([]);
  });
});

describe("whatever dies in between", () => {
  test("a start whose answer was lost is not repeated", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire", 1, app.now().getTime() - 20 * minuteMs);
    app.github.failNext({ operation: "actions/create-workflow-dispatch", kind: "lost" });
    await expect(rollout.look(0)).rejects.toThrow();
    await longAgo(app);
    await rollout.look(0);
    expect(runsOf(app)).toHaveLength(1);
    expect(await noticesOf(app, rollout)).toHaveLength(1);
  });

  test("one that stands in no ledger yet is written down by the next attempt, and not started again", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    const away = new UserError("ledger-unavailable", "The database is away.");
    const ledger = (name: string) => ({
      ...app.work.ledger(name),
      append: () => Promise.reject(away),
    });
    await expect(rollout.look(20, { ledger })).rejects.toBe(away);
    expect(runsOf(app)).toHaveLength(1);
    await rollout.look(20);
    expect(runsOf(app)).toHaveLength(1);
    expect(await noticesOf(app, rollout)).toMatchObject([{ kind: "asked" }]);
  });

  test("people hear of it though GitHub starts nothing for as long as it is asked", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    app.github.failNext({
      operation: "actions/create-workflow-dispatch",
      kind: "status",
      status: 502,
      times: 99,
    });
    await expect(rollout.look(20)).rejects.toThrow();
    await longAgo(app);
    await rollout.look(30);
    expect(runsOf(app)).toEqual([]);
    expect(issuesOf(app)).toHaveLength(1);
  });
});

describe("a word to a rollout that nobody drives", () => {
  const asks = "nobody drives the rollout now, so a run of `dog.yml` is asked for";
  test.each([
    ["/rollout abort customers cannot pay", asks],
    ["/rollback pay production customers cannot pay", asks],
    ["/rollout quarantine pay production v2 customers cannot pay", "goes back"],
  ])("%s has a run asked for at once, whatever was asked for before", async (words, reply) => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.watches();
    await rollout.leased("acquire", 1, app.now().getTime() - 25 * minuteMs);
    await rollout.look(0);
    expect(runsOf(app)).toHaveLength(1);
    const woken: Date[] = [];
    app.work.later = async (timer, at) => {
      if (timer.payload.kind === "rollout") woken.push(at);
    };
    const comment = await app.say("tess", words);
    expect(woken).toEqual([app.now()]);
    expect(app.replies()[0]).toContain(reply);
    await rollout.look(2);
    await app.hear(comment);
    await rollout.look(2);
    expect(runsOf(app)).toHaveLength(2);
    expect(await noticesOf(app, rollout)).toHaveLength(2);
    await rollout.look(5);
    expect(issuesOf(app)[0]).toContain("is to go back since");
  });

  test("whose lease stands is left to its driver, which the answer says", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire");
    await app.say("tess", "/rollout abort customers cannot pay");
    expect(app.replies()[0]).toContain("whoever drives the rollout follows it");
    expect(await rollout.look(3)).toEqual([4]);
    expect(runsOf(app)).toEqual([]);
  });

  test("which no run would go on with now is told so", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.watches();
    await app.say("tess", "/rollout promote fine");
    expect(app.replies()[0]).toContain("nobody drives the rollout now: run its job again");
    expect(runsOf(app)).toEqual([]);
  });

  test("/rollback of what has ended is the watchdog's where no other workflow is named", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.completes();
    await app.say("tess", "/rollback pay production customers cannot pay");
    expect(app.replies()[0]).toContain("a run of `dog.yml` is asked for");
    await rollout.look(2);
    await rollout.look(2);
    expect(runsOf(app)).toHaveLength(1);
  });
});

describe("a ledger that many may write", () => {
  test("is written to where the App may, and a run is asked for where it may not", async () => {
    const app = allowed(await start(configured("ledger: { home: git-branch }\n")));
    const ledger = githubBranchLedger({ client: app.work.client, repository: shop });
    const rollout = await forsaken(app, {}, ledger);
    await rollout.leased("acquire");
    app.github.addToken("app-token", {
      app: slug,
      permissions: { contents: "read", issues: "write", metadata: "read", actions: "write" },
    });
    await rollout.look(20);
    expect(runsOf(app)).toHaveLength(1);
    expect(app.warnings.join()).toContain("does not say what was done for it");
  });

  test("starts no more than so many workflows in an hour, and then tells nobody but the log", async () => {
    const app = allowed(await start(configured()));
    for (let count = 0; count < mostAnHour + 3; count += 1) {
      const rollout = `ro_${String(count).padStart(12, "0")}`;
      const one = await forsaken(app, { service: `forged-${count}`, rollout });
      const again = await one.look(20);
      expect(again).toEqual(count < mostAnHour ? [30] : [30, 80]);
    }
    expect(runsOf(app)).toHaveLength(mostAnHour);
    expect(issuesOf(app)).toEqual([]);
    expect(app.warnings).toHaveLength(3);
    await app.database.query("update effects set intended_at = now() - interval '2 hours'");
    const late = await forsaken(app, { service: "late" });
    await late.look(20);
    expect(runsOf(app)).toHaveLength(mostAnHour + 1);
  });

  test("has so many runs asked for one rollout, and then people", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    const begin = app.now().getTime();
    for (let fencing = 1; fencing <= mostOfRollout + 1; fencing += 1) {
      const at = (fencing - 1) * 21;
      await rollout.leased(fencing === 1 ? "acquire" : "takeover", fencing, begin + at * minuteMs);
      await rollout.look(at + 20);
    }
    expect(runsOf(app)).toHaveLength(mostOfRollout);
    expect(issuesOf(app)[0]).toContain("each fell silent");
  });

  test("whose signs lie beyond all clocks is not waited for, and one that is torn is said", async () => {
    const app = allowed(await start(configured()));
    const rollout = await forsaken(app);
    await rollout.leased("acquire", 1, Date.parse("2999-01-01T00:00:00Z"));
    expect(await rollout.look(20)).toEqual([]);
    await app.database.query("update ledger_events set line = replace(line, 'run 1', 'run 2')");
    expect(await rollout.look(20)).toEqual([]);
    expect(app.warnings.join()).toContain("cannot be looked after");
  });
});
