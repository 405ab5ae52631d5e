import { describe, expect, test } from "vitest";
import { githubPeople } from "../../../adapters/github/people.ts";
import { githubBranchLedger } from "../../../adapters/ledgers/github-branch.ts";
import { addressOf } from "../../../app/inbox/address.ts";
import { rolloutWords } from "../../../core/commands/usage.ts";
import { commands } from "../../../core/rollout/events.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, slug, type TestWork } from "../work.ts";
import { openRollout, sayOn, urlOf } from "./rollout-work.ts";

const start = worksOfFile();

test("the words are those of the ledger, and one that only asks", () => {
  expect(rolloutWords).toEqual(["status", ...commands]);
});

describe("/rollout on a pull request", () => {
  test("records a word once, by whom, why and where, and answers with how it stands", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    const comment = await app.say("tess", "/rollout pause the queue is full");
    await app.hear(comment);
    expect(await rollout.words()).toEqual([
      { command: "pause", by: "tess", reason: "the queue is full", source: urlOf(app, comment) },
    ]);
    expect((await rollout.state()).stop).toMatchObject({ code: "paused", by: "tess" });
    expect(app.replies()).toHaveLength(1);
    expect(app.replies()[0]).toContain("the queue is full");
    expect(app.replies()[0]).toContain("stands");
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
    expect(app.redecided).toEqual([]);
  });

  test("status is for everyone, and says what is under way", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    await rollout.watches();
    await app.say("olga", "/rollout status");
    expect(app.replies()[0]).toContain("Step 1 of");
    expect(await rollout.words()).toEqual([]);
  });

  test("status without a rollout says so", async () => {
    const app = await start();
    await app.say("olga", "/rollout");
    expect(app.replies()[0]).toContain("no-rollout");
  });

  test.each(["pause", "resume", "abort", "retry", "hold why", "promote why", "overrule why", "approve why"])(
    "%s by one who may not write is refused",
    async (word) => {
      const app = await start();
      const rollout = await openRollout(app);
      await app.say("olga", `/rollout ${word}`);
      await app.say("tim", `/rollout ${word}`);
      expect(await rollout.words()).toEqual([]);
      expect(app.replies().every((one) => one.includes("no-permission"))).toBe(true);
    },
  );

  test.each([
    ["ada", "who opened the pull request"],
    ["maria", "who wrote its commits"],
    ["carl", "who helped"],
  ])("promote by %s, %s, is refused, and by somebody else goes a step on", async (login) => {
    const app = await start();
    const rollout = await openRollout(app);
    await rollout.watches();
    await app.say(login, "/rollout promote it is fine, trust me");
    expect(await rollout.words()).toEqual([]);
    expect(app.replies()[0]).toContain("actor-is-author");
    await app.say("rita", "/rollout promote looked at every graph");
    expect((await rollout.state()).doing).toMatchObject({ kind: "moving", step: 1 });
  });

  test("promote is for those whom the policy names", async () => {
    const app = await start({
      thresholds: "defaults: { approval: { from: 0, approvers: { users: [ben] } } }",
    });
    const rollout = await openRollout(app);
    await rollout.watches();
    await app.say("rita", "/rollout promote it is fine");
    expect(app.replies()[0]).toContain("not-an-approver");
    expect(app.replies()[0]).toContain("`@ben`");
    await app.say("ben", "/rollout promote it is fine");
    expect(await rollout.words()).toMatchObject([{ command: "promote", by: "ben" }]);
  });

  test("promote of a commit that nobody names is refused; where policy asks for no approval a writer may", async () => {
    const asks = await start();
    const unknown = await openRollout(asks, { commit: undefined });
    await unknown.watches();
    await asks.say("rita", "/rollout promote fine");
    expect(asks.replies()[0]).toContain("authors-unknown");
    expect(await unknown.words()).toEqual([]);
    await asks.close();
    const free = await start({ thresholds: "defaults: { mode: advisory }" });
    const rollout = await openRollout(free);
    await rollout.watches();
    await free.say("ada", "/rollout promote fine");
    expect(await rollout.words()).toMatchObject([{ command: "promote", by: "ada" }]);
  });

  test("an author does not resume what somebody else paused", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    await app.say("tess", "/rollout pause");
    await app.say("ada", "/rollout resume");
    expect(app.replies()[1]).toContain("actor-is-author");
    await app.say("tess", "/rollout resume");
    expect((await rollout.state()).stop).toBeNull();
  });

  test("whoever may write keeps a version out, and takes it back where it is under way", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    await rollout.watches();
    const comment = await app.say("tess", "/rollout quarantine pay production v2 it loses orders");
    await app.hear(comment);
    expect(app.replies()[0]).toContain("`v2` is kept out of `pay` in `production` until");
    expect(app.replies()[0]).toContain("goes back");
    expect((await rollout.state()).turned?.sentence).toContain("tess took it back: It is quarantined.");
    const { events } = await app.work.ledger(shop).read(rollout.stream);
    const said = events.filter(({ kind }) => kind === "quarantine");
    expect(said).toMatchObject([
      {
        actor: "tess",
        body: { digest: "v2", by: "tess", reason: "it loses orders", source: urlOf(app, comment) },
      },
    ]);
    await app.say("tess", "/rollout quarantine pya production v2 it loses orders");
    expect(app.replies()[1]).toContain("Nothing is known of pya in production");
    await app.say("olga", "/rollout quarantine pay production v3 ha");
    expect((await app.work.ledger(shop).read(rollout.stream)).events.at(-1)?.body.digest).not.toBe("v3");
  });

  test("what changes nothing is said, and means no more when it comes again", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    const comment = await app.say("tess", "/rollout resume");
    expect(app.replies()[0]).toContain("nothing-to-change");
    await app.say("ben", "/rollout pause wait");
    await app.hear(comment);
    expect((await rollout.state()).stop).toMatchObject({ code: "paused", by: "ben" });
    await rollout.completes();
    await app.say("tess", "/rollout abort service=pay");
    expect(app.replies()[2]).toContain("nothing-to-change");
    expect((await rollout.words()).map(({ command }) => command)).toEqual(["resume", "pause"]);
  });

  test("of several rollouts one has to be named", async () => {
    const app = await start();
    const pay = await openRollout(app);
    const web = await openRollout(app, { rollout: "ro_000000000002", service: "web" });
    await app.say("tess", "/rollout abort");
    expect(app.replies()[0]).toContain("several-rollouts");
    expect(app.replies()[0]).toContain("service=web environment=production");
    await app.say("tess", "/rollout abort service=web broken");
    expect(await pay.words()).toEqual([]);
    expect((await web.state()).turned).toMatchObject({ automatic: false });
    await app.say("tess", "/rollout abort service=shop");
    expect(app.replies()[2]).toContain("no-rollout");
  });

  test("the last of several words in one comment holds", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    const comment = await app.say("tess", "/rollout pause\n/rollout resume\n/rollout pause wait");
    await app.hear(comment);
    expect((await rollout.state()).stop).toMatchObject({ code: "paused" });
    expect((await rollout.words()).map(({ command }) => command)).toEqual(["resume", "pause"]);
    expect(app.replies()).toHaveLength(1);
  });

  test("a word that is nearly one of ours is answered, and other talk is not", async () => {
    const app = await start();
    await openRollout(app);
    await app.say("tess", "/rollout abrot");
    await app.say("tess", "/rollout went well today");
    expect(app.replies()).toHaveLength(1);
    expect(app.replies()[0]).toContain("misspelt");
  });

  test("beside other commands is answered in one comment", async () => {
    const app = await start();
    const rollout = await openRollout(app);
    await app.say("tess", "/hold wait\n/rollout pause");
    expect(app.replies()).toHaveLength(1);
    expect(await app.events("hold")).toHaveLength(1);
    expect(await rollout.words()).toHaveLength(1);
  });

  test("where nothing is configured nothing is said", async () => {
    const app = await start({ thresholds: null });
    await app.say("tess", "/rollout status");
    expect(app.replies()).toEqual([]);
  });
});

describe("/rollout on an incident", () => {
  async function incident(app: TestWork) {
    const rollout = await openRollout(app);
    await rollout.rolledBack();
    const state = await rollout.state();
    const [first] = state.notices;
    if (first === undefined) throw new Error("Nothing is to be told.");
    const people = githubPeople({
      ...{ client: app.work.client, repository: shop, now: () => app.now().toISOString() },
      warn: app.work.warn,
    });
    await people.tell(state, first.notice);
    const [issue] = app.github.repository(shop).issues.values();
    if (issue === undefined) throw new Error("There is no incident.");
    return { rollout, issue };
  }

  test("means its rollout: overrule lifts the verdict, by an approver", async () => {
    const app = await start();
    const { rollout, issue } = await incident(app);
    await sayOn(app, issue.number, "ada", "/rollout overrule the metric was broken");
    expect(app.replies()[0]).toContain("actor-is-author");
    const comment = await sayOn(app, issue.number, "rita", "/rollout overrule the metric was broken");
    expect(await rollout.words()).toMatchObject([
      { command: "overrule", by: "rita", source: urlOf(app, comment, "issues") },
    ]);
    expect((await rollout.state()).doing).toMatchObject({ outcome: "overruled" });
  });

  test("other commands are told where they belong", async () => {
    const app = await start();
    const { issue } = await incident(app);
    await sayOn(app, issue.number, "rita", "/hold wait");
    expect(app.replies()[0]).toContain("not-here");
    expect(await app.events()).toEqual([]);
    await sayOn(app, issue.number, "olga", "/help");
    expect(app.replies()[1]).toContain("/rollback <service>");
  });

  test("an issue that a person wrote is none, whatever it begins with", async () => {
    const app = await start();
    const { rollout, issue } = await incident(app);
    const tess = app.github.world.users.get("tess");
    if (tess === undefined) throw new Error("Tess is not there.");
    issue.user = tess;
    const comment = await sayOn(app, issue.number, "rita", "/rollout overrule fine");
    expect(await rollout.words()).toEqual([]);
    expect(app.replies()).toEqual([]);
    const payload = app.github.events(shop).as({ app: slug }).issueComment(comment);
    expect(addressOf("issue_comment", payload)).toBeUndefined();
  });

  test("its comments have a lane, and those of other issues are not kept", async () => {
    const app = await start();
    const { issue } = await incident(app);
    const comment = await sayOn(app, issue.number, "olga", "/rollout");
    const payload = app.github.events(shop).as({ app: slug }).issueComment(comment);
    expect(addressOf("issue_comment", payload)?.lane).toBe(`${shop}#${issue.number}`);
  });
});

describe("the ledger's home", () => {
  const configured = (ledger: string) => ({
    files: { ".github/adaptive-deploy.yml": `schema-version: 1\nledger: { ${ledger} }\n` },
  });

  test("on branches is written there", async () => {
    const app = await start(configured("home: git-branch"));
    app.github.addToken("app-token", {
      app: slug,
      permissions: { contents: "write", issues: "write", pull_requests: "write", metadata: "read" },
    });
    const ledger = githubBranchLedger({ client: app.work.client, repository: shop });
    const rollout = await openRollout(app, {}, ledger);
    const comment = await app.say("tess", "/rollout pause wait");
    await app.hear(comment);
    expect(await rollout.words()).toMatchObject([{ command: "pause", by: "tess" }]);
    expect(app.replies()[0]).toContain("stands");
  });

  test("on branches may hold another repository's rollouts, which are not touched", async () => {
    const app = await start(configured("home: git-branch"));
    app.github.addToken("app-token", {
      app: slug,
      permissions: { contents: "write", issues: "write", pull_requests: "write", metadata: "read" },
    });
    const ledger = githubBranchLedger({ client: app.work.client, repository: shop });
    const rollout = await openRollout(app, { repository: "acme/till" }, ledger);
    await app.say("tess", "/rollout abort");
    await app.say("tess", "/rollback pay production back");
    expect(app.replies()[0]).toContain("no-rollout");
    expect(app.replies()[1]).toContain("`acme/till`");
    expect(await rollout.words()).toEqual([]);
  });

  test.each([
    ["in a folder", "home: file, folder: ledger"],
    ["in another repository", "home: git-branch, repository: acme/ledger"],
  ])("%s is none that the App reaches", async (_, ledger) => {
    const app = await start(configured(ledger));
    await app.say("tess", "/rollout abort");
    expect(app.replies()[0]).toContain("ledger-elsewhere");
  });
});
