import { describe, expect, test } from "vitest";
import { recordDecision } from "../../../adapters/ledgers/record-decision.ts";
import { mostAnswers } from "../../../app/commands/often.ts";
import { placeOf } from "../../../app/commands/place.ts";
import { foldApprovals } from "../../../core/evidence/approvals.ts";
import { holdOf } from "../../../core/evidence/holds.ts";
import { modelText } from "../../made-model.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, type TestWork } from "../work.ts";

const start = worksOfFile();

const about = { repository: shop, pull_request: 7 };
const held = async (app: TestWork) => holdOf(await app.events(), about, { trusted: true });
const standing = async (app: TestWork) => foldApprovals(await app.events()).standing.length;

describe("/revoke-approval", () => {
  const onlyBen = "defaults: { approval: { from: 0, approvers: { users: [ben, rita] } } }";

  test.each([
    ["who gave it", "rita"],
    ["who may approve as well", "ben"],
  ])("by one %s is final", async (_, login) => {
    const app = await start({ thresholds: onlyBen });
    const approval = await app.say("rita", "/approve-risk fine");
    const comment = await app.say(login, "/revoke-approval it broke staging");
    expect(await standing(app)).toBe(0);
    expect((await app.events("revocation"))[0]).toMatchObject({
      actor: login,
      body: { reason: "it broke staging", pointer: { id: approval.id }, head_sha: app.head() },
    });
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
    await app.hear(comment);
    await app.hear(approval);
    expect(await app.events()).toHaveLength(2);
    expect(await standing(app)).toBe(0);
    expect(app.replies()).toHaveLength(2);
  });

  test.each([
    ["olga", "write, maintain or admin"],
    ["tess", "`@ben`"],
    ["tim", "write, maintain or admin"],
  ])("by %s, who may not approve, is refused", async (login, whoMay) => {
    const app = await start({ thresholds: onlyBen });
    await app.say("rita", "/approve-risk fine");
    const comment = await app.say(login, "/revoke-approval");
    expect(await standing(app)).toBe(1);
    expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
    expect(app.replies()[1]).toContain(whoMay);
  });

  test("where no approval of this head stands says so", async () => {
    const app = await start();
    await app.say("rita", "/approve-risk fine");
    app.push({ "src/pay.ts": "export const pay = 4;\n" });
    await app.say("rita", "/revoke-approval");
    expect(app.replies()[1]).toContain("nothing-to-revoke");
  });
});

describe("/hold and /unhold", () => {
  test("stop a change over every push, and let it go on", async () => {
    const app = await start();
    await app.say("tess", "/hold the database is being moved");
    expect(await held(app)).toMatchObject({ actor: "tess", reason: "the database is being moved" });
    app.push({ "src/pay.ts": "export const pay = 4;\n" });
    expect(await held(app)).toBeDefined();
    await app.say("ben", "/unhold");
    expect(await held(app)).toBeUndefined();
    expect(app.redecided).toEqual([7, 7]);
  });

  test("a hold that is delivered again after it was lifted holds nothing", async () => {
    const app = await start();
    const comment = await app.say("tess", "/hold wait");
    await app.say("tess", "/unhold");
    await app.hear(comment);
    expect(await held(app)).toBeUndefined();
    expect(await app.events()).toHaveLength(2);
  });

  test.each(["olga", "tim", "dave"])("by %s, who may not write, are refused", async (login) => {
    const app = await start();
    await app.say(login, "/hold wait");
    expect(await held(app)).toBeUndefined();
    await app.say("tess", "/hold wait");
    await app.say(login, "/unhold");
    expect(await held(app)).toBeDefined();
    expect(app.replies()[2]).toContain("no-permission");
  });

  test("the author lifts only a hold of their own", async () => {
    const app = await start();
    await app.say("tess", "/hold wait");
    await app.say("ada", "/unhold");
    expect(await held(app)).toBeDefined();
    await app.say("tess", "/unhold");
    await app.say("ada", "/hold not ready\n");
    await app.say("ada", "/unhold");
    expect(await held(app)).toBeUndefined();
  });

  test("without a reason, or without a hold, say the remedy", async () => {
    const app = await start();
    await app.say("tess", "/hold");
    await app.say("tess", "/unhold");
    expect(app.replies()[0]).toContain("/hold <reason>");
    expect(app.replies()[1]).toContain("not-held");
    expect(await app.events()).toEqual([]);
  });

  test("several commands of one comment are one answer, in their order", async () => {
    const app = await start();
    const comment = await app.say("tess", "/hold wait\n/unhold\n/unhold");
    expect(app.replies()).toHaveLength(1);
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
    expect((await app.events()).map(({ kind }) => kind)).toEqual(["hold", "hold-release"]);
  });
});

describe("/risk", () => {
  async function decideNow(app: TestWork) {
    const comment = { action: "created", repository: shop, owner: "acme", name: "shop", number: 7 };
    const said = { ...comment, body: "" };
    const place = await placeOf(said, app.work);
    const made = await place?.askedFor("production");
    if (!made) throw new Error("There is no decision.");
    const moment = { actor: "ada", decidedAt: app.now().toISOString() };
    await recordDecision(app.work.ledger(shop), made.body, moment);
    return made.body;
  }

  test("explains the last decision for the head", async () => {
    const app = await start();
    const { risk_score: score } = await decideNow(app);
    const comment = await app.say("olga", "/risk");
    expect(app.replies()[0]).toContain(`${score} / 100`);
    expect(app.replies()[0]).not.toContain("<!-- adaptive-deploy:risk");
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
    expect(app.redecided).toEqual([]);
  });

  test("speaks of the head that was not decided yet, and has nothing decided again", async () => {
    const app = await start();
    await decideNow(app);
    app.push({ "src/pay.ts": `${"export const pay = 5;\n".repeat(200)}` });
    const { risk_score: score, decision_id: decision } = await decideNow(app);
    await app.database.query("delete from decisions where decision_id = $1", [decision]);
    await app.say("rita", "/risk");
    expect(app.replies()[0]).toContain(`${score} / 100`);
    expect(app.redecided).toEqual([]);
  });

  test("speaks of this pull request's decision as it is now, and not of the one that was recorded last", async () => {
    const app = await start({ thresholds: "defaults: { mode: enforced, approval: { from: 0 } }" });
    const { decision_id: decision } = await decideNow(app);
    const other = { decision_id: "f".repeat(64), risk_score: 99 };
    await app.database.query(
      `insert into decisions (repository, decision_id, head, pull_request, environment, decided_at, document)
       select repository, $1, head, 8, 'staging', decided_at + interval '1 day', document || $2::jsonb
       from decisions where decision_id = $3`,
      [other.decision_id, JSON.stringify(other), decision],
    );
    await app.say("tess", "/approve-risk fine");
    await app.say("rita", "/hold wait a moment");
    await app.say("rita", "/risk");
    expect(app.replies()[2]).not.toContain("99 / 100");
    expect(app.replies()[2]).toContain("wait a moment");
    expect(app.replies()[2]).toContain("`tess`");
    await app.say("rita", "/risk wrong it is a comment only");
    expect((await app.events("feedback"))[0]?.body).toMatchObject({ decision });
  });

  test("wrong: what people say is recorded with the decision that it is about, once", async () => {
    const app = await start();
    const { decision_id: decision, risk_score } = await decideNow(app);
    const comment = await app.say("rita", "/risk wrong it is a comment only");
    await app.hear(comment);
    const events = await app.events("feedback");
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actor: "rita",
      body: { verdict: "wrong", reason: "it is a comment only", decision, risk_score, head_sha: app.head() },
    });
    expect(app.redecided).toEqual([]);
  });

  test("wrong: what a model in shadow said of it stands beside it", async () => {
    const model = modelText({ trained: { to: "2026-02-20T12:00:00Z" } });
    const app = await start({ files: { ".github/adaptive-deploy/model.json": model } });
    const { model: said } = await decideNow(app);
    await app.say("rita", "/risk wrong too low, it moves money");
    expect((await app.events("feedback"))[0]?.body).toMatchObject({
      model: { version: said?.version, state: "shadow", probability: said?.probability },
      environment: "production",
    });
    expect(said?.probability).toBeGreaterThan(0);
  });

  test("wrong: nobody teaches the score who may not write", async () => {
    const app = await start();
    await app.say("olga", "/risk wrong it is fine, trust me");
    expect(await app.events()).toEqual([]);
    expect(app.replies()[0]).toContain("no-permission");
  });
});

test("/help says who may do what, by the policy that speaks", async () => {
  const app = await start({
    thresholds:
      "defaults: { approval: { from: 0, approvers: { users: [ben], teams: [captains], count: 2 } } }",
  });
  await app.say("olga", "/help");
  const [text = ""] = app.replies();
  for (const words of ["/approve-risk", "/unhold", "`@ben`", "acme/captains", "2 of"])
    expect(text).toContain(words);
  expect(text.split("\n").every((line) => /^\|.*\|$/.test(line))).toBe(true);
});

describe("a stranger who asks again and again", () => {
  const ask = async (app: TestWork, login: string, times: number) => {
    const comments = [];
    for (let count = 0; count < times; count += 1) comments.push(await app.say(login, "/help"));
    return comments;
  };

  test("is answered five times an hour, and then with a thumb alone", async () => {
    const app = await start();
    const comments = await ask(app, "olga", mostAnswers + 2);
    expect(app.replies()).toHaveLength(mostAnswers);
    expect(comments.map((comment) => app.reactions(comment).join()).slice(-3)).toEqual([
      "eyes,rocket",
      "-1",
      "-1",
    ]);
    const [last] = comments.slice(mostAnswers - 1);
    if (last) await app.hear(last);
    expect(app.replies()).toHaveLength(mostAnswers);
    const hold = await app.say("olga", "/hold please\n/risk");
    expect([app.reactions(hold), app.replies().length]).toEqual([["-1"], mostAnswers]);
    await app.database.query("update courtesies set at = at - interval '1 hour'");
    await ask(app, "olga", 1);
    expect(app.replies()).toHaveLength(mostAnswers + 1);
  });

  test.each(["ada", "rita"])("is not %s, who opened it or may write", async (login) => {
    const app = await start();
    await ask(app, login, mostAnswers + 2);
    expect(app.replies()).toHaveLength(mostAnswers + 2);
  });
});

test("a stranger's many commands cost one question, and get one refusal that says who may", async () => {
  const app = await start();
  const lines = Array.from({ length: 10 }, (_, index) => `/approve-risk because ${index}`);
  const comment = await app.write("olga", lines.join("\n"));
  app.github.requests.length = 0;
  await app.hear(comment);
  expect(app.replies()).toHaveLength(1);
  expect(app.replies()[0]).toContain("people with write, maintain or admin permission");
  // Who it is, whether the repository is configured, two reactions and the answer.
  expect(app.github.requests).toHaveLength(5);
  expect(await app.events()).toEqual([]);
});

test("a stranger in a repository that was never configured hears and leaves nothing", async () => {
  const app = await start({ thresholds: null });
  await app.say("olga", "/hold please");
  expect(app.replies()).toEqual([]);
  expect(await app.database.query("select * from courtesies")).toEqual([]);
});

test("who may write is always heard", async () => {
  const app = await start();
  await app.say("rita", "/hold wait");
  await app.database.query(
    "insert into courtesies select repository, 9, person, -number, at from courtesies, generate_series(1, 500) number",
  );
  const comment = await app.say("rita", "/unhold");
  expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
});

test("what is no comment on a pull request, and what holds no command, is not looked at", async () => {
  const app = await start();
  await app.say("rita", "looks fine\n> /approve-risk quoted");
  const comment = await app.write("rita", "/risk");
  const { commands } = await import("../../../app/commands/index.ts");
  const handle = commands({
    identity: { id: "1", slug: "adaptive-deploy" },
    redecide: async () => undefined,
  });
  const payload = app.github.events(shop).issueComment(comment);
  await handle({ ...payload, issue: { number: 7 } }, app.work);
  await handle({ ...payload, comment: { ...comment, user: null } }, app.work);
  await handle({ ...payload, action: "pinned" }, app.work);
  await handle("nonsense", app.work);
  expect(app.replies()).toEqual([]);
  expect(comment.reactions).toEqual([]);
});
