import { describe, expect, test } from "vitest";
import { verifyApproval } from "../../../adapters/github/approvals.ts";
import { standingApprovals } from "../../../adapters/github/standing-approvals.ts";
import { teamMembership } from "../../../adapters/github/team-membership.ts";
import { isTransient } from "../../../adapters/github/transient.ts";
import { placeOf } from "../../../app/commands/place.ts";
import { anyWriter } from "../../../core/approval/asked.ts";
import { approvalBody } from "../../../core/evidence/approvals.ts";
import { git } from "../../emulated/small-repository.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, type TestWork } from "../work.ts";

const start = worksOfFile();

/** The one answer, and that nothing was recorded. */
async function refusal(app: TestWork): Promise<string> {
  expect(await app.events("approval")).toEqual([]);
  expect(app.redecided).toEqual([]);
  expect(app.replies()).toHaveLength(1);
  return app.replies()[0] ?? "";
}

describe("an approval", () => {
  test("binds the head, says who, when, what and why under which policy, and is answered once", async () => {
    const app = await start();
    const comment = await app.say("rita", "I looked.\n\n/approve-risk tried on staging");
    const [event, ...others] = await app.events("approval");
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      actor: "rita",
      at: app.now().toISOString(),
      body: {
        pointer: {
          ...{ kind: "comment", repository: shop, id: comment.id, pull_request: 7, actor: "rita" },
          ...{ head_sha: app.head(), environment: "production", base_branch: "main" },
        },
        reason: "tried on staging",
        comment: comment.id,
        policy: { name: expect.any(String), hash: expect.any(String), commit: expect.any(String) },
      },
    });
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
    expect(app.replies()).toHaveLength(1);
    expect(app.replies()[0]).toContain("tried on staging");
    expect(app.redecided).toEqual([7]);
  });

  test("that is delivered twice is recorded and answered once", async () => {
    const app = await start();
    const comment = await app.say("rita", "/approve-risk fine");
    await app.hear(comment);
    expect(await app.events("approval")).toHaveLength(1);
    expect(app.replies()).toHaveLength(1);
    expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
  });

  test("whose answer was sent before the App died is not answered again", async () => {
    const app = await start();
    const comment = await app.say("rita", "/approve-risk fine");
    await app.database.query("update effects set done_at = null");
    await app.write("olga", `<!-- adaptive-deploy:reply:${comment.id} -->\nnot by the App`);
    await app.hear(comment);
    expect(app.replies()).toHaveLength(1);
    const comments = app.github.repository(shop).comments;
    const answer = [...comments.values()].find((one) => one.app !== null);
    comments.delete(answer?.id ?? 0);
    await app.database.query("update effects set done_at = null");
    await app.hear(comment);
    expect(app.replies()).toHaveLength(1);
  });

  test("names another environment, and a full commit id", async () => {
    const app = await start();
    await app.say("rita", `/approve-risk ${app.head()} environment=staging tried`);
    const [event] = await app.events("approval");
    expect(event?.body.pointer).toMatchObject({ environment: "staging", head_sha: app.head() });
  });

  test("of a full commit id that is not the head is refused", async () => {
    const app = await start();
    await app.say("rita", `/approve-risk ${"1".repeat(40)} tried`);
    expect(await refusal(app)).toContain("other-head");
  });

  test("of a head that was pushed after the comment is refused, and the new comment counts", async () => {
    const app = await start();
    const comment = await app.write("rita", "/approve-risk fine");
    app.push({ "src/pay.ts": "export const pay = 3;\n" });
    await app.hear(comment);
    expect(await refusal(app)).toContain("head-moved");
    expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
    await app.say("rita", "/approve-risk fine now");
    expect((await app.events("approval"))[0]?.body.pointer).toMatchObject({ head_sha: app.head() });
  });

  test("of a head whose push GitHub does not tell is refused, but for a full commit id", async () => {
    const app = await start();
    app.github.failNext({ operation: "repos/list-activities", kind: "status", status: 404 });
    await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("head-time-unknown");
    await app.say("rita", `/approve-risk ${app.head()} fine`);
    expect(await app.events("approval")).toHaveLength(1);
  });

  test("of a merged pull request counts, also where its branch is gone, and not for an earlier head", async () => {
    const app = await start();
    const before = await app.write("rita", "/approve-risk fine");
    app.push({ "src/pay.ts": "export const pay = 4;\n" });
    app.pull.state = "closed";
    app.pull.frozen = { head: app.head(), base: git(app.folder(shop), "rev-parse", "main") };
    app.pull.merged = { at: app.now().toISOString(), by: app.pull.user, commit: app.head() };
    await app.hear(before);
    expect(await refusal(app)).toContain("head-moved");
    app.github.failNext({ operation: "repos/list-activities", kind: "status", status: 404, times: 9 });
    await app.say("rita", "/approve-risk fine afterwards");
    expect((await app.events("approval")).map(({ body }) => body)).toMatchObject([
      { pointer: { head_sha: app.head(), pull_request: 7 }, reason: "fine afterwards" },
    ]);
  });

  test("of a pull request that was closed without being merged is refused", async () => {
    const app = await start();
    app.pull.state = "closed";
    app.pull.frozen = { head: app.head(), base: app.head() };
    await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("pull-request-closed");
  });

  test.each([
    ["an outsider", "olga", "no-permission"],
    ["the author of the pull request", "ada", "actor-is-author"],
    ["the author of a commit, an administrator", "maria", "actor-is-author"],
    ["a co-author", "carl", "actor-is-author"],
    ["somebody who may triage", "tim", "no-permission"],
  ])("by %s is refused, and names who may", async (_, login, reason) => {
    const app = await start();
    const comment = await app.say(login, "/approve-risk let me");
    expect(await refusal(app)).toContain(reason);
    expect(app.replies()[0]).toContain("write, maintain or admin");
    expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
  });

  test("by an account that was deleted since is refused", async () => {
    const app = await start();
    const comment = await app.write("dave", "/approve-risk fine");
    app.github.world.users.delete("dave");
    await app.hear(comment);
    expect(await refusal(app)).toContain("permission-unknown");
  });

  test("by a bot, an App in a person's name, or nobody is ignored", async () => {
    const app = await start();
    await app.say("other-app", "/approve-risk fine");
    const byApp = await app.write("rita", "/approve-risk fine");
    byApp.app = app.github.world.apps.get("renovate") ?? null;
    await app.hear(byApp);
    expect(app.replies()).toEqual([]);
    expect(await app.events()).toEqual([]);
    expect(app.github.requests.filter(({ actor }) => actor?.startsWith("adaptive"))).toEqual([]);
  });

  test("while GitHub does not say who may is tried again, and then counts", async () => {
    const app = await start();
    const operation = "repos/get-collaborator-permission-level";
    app.github.failNext({ operation, kind: "status", status: 502, times: 1 });
    const comment = await app.write("rita", "/approve-risk fine");
    await expect(app.hear(comment)).rejects.toSatisfy(isTransient);
    expect(app.replies()).toEqual([]);
    await app.hear(comment);
    expect(await app.events("approval")).toHaveLength(1);
  });

  test.each(["/approve-risk", "/approve-risks fine", "/approve-risk 0123456 fine"])(
    "written as %j is answered with the remedy",
    async (body) => {
      const app = await start();
      const comment = await app.say("rita", body);
      expect(await refusal(app)).toContain("/approve-risk [<full commit id>]");
      expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
    },
  );

  test("in a repository that was never configured leaves no trace", async () => {
    const app = await start({ thresholds: null });
    const comment = await app.say("rita", "/approve-risk fine");
    expect(app.replies()).toEqual([]);
    expect(app.reactions(comment)).toEqual([]);
    expect(await app.events()).toEqual([]);
  });

  test("under a policy that cannot be read is refused, and says what is wrong with it", async () => {
    const app = await start({ thresholds: "defaults: { aproval: { from: 0 } }" });
    const comment = await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("policy-unreadable");
    expect(app.replies()[0]).toContain("aproval");
    expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
  });

  test("cannot inject anything by its reason", async () => {
    const app = await start();
    const reason =
      "<img src=x> @acme/everyone ![x](http://evil.example/a) <!-- adaptive-deploy:risk:v1 --> `code`";
    await app.say("rita", `/approve-risk ${reason}`);
    const [text = ""] = app.replies();
    expect(text).toContain("approved");
    const outsideOfCode = text.replaceAll(/`[^`\n]*`/g, "");
    expect(outsideOfCode).not.toMatch(/<|@acme|\[x\]|http/);
    expect(text).not.toContain("<!--");
  });
});

describe("policy names who may", () => {
  const approvers = (text: string) => `defaults: { approval: { from: 0, approvers: { ${text} } } }`;

  test("a team: asked of GitHub, at that moment", async () => {
    const app = await start({
      thresholds: approvers("teams: [acme/captains]"),
      teams: { "acme/captains": ["tess", "olga"] },
    });
    await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("not-an-approver");
    expect(app.replies()[0]).toContain("acme/captains");
    await app.say("olga", "/approve-risk fine");
    expect(await app.events("approval")).toEqual([]);
    await app.say("tess", "/approve-risk fine");
    expect((await app.events("approval")).map(({ actor }) => actor)).toEqual(["tess"]);
  });

  test("a team that cannot be asked makes nobody an approver", async () => {
    const app = await start({
      thresholds: approvers("teams: [captains]"),
      teams: { "acme/captains": ["tess"] },
    });
    const operation = "teams/get-membership-for-user-in-org";
    app.github.failNext({ operation, kind: "status", status: 403 });
    await app.say("tess", "/approve-risk fine");
    expect(await refusal(app)).toContain("membership-unknown");
    await app.say("tess", "/approve-risk fine");
    expect(await app.events("approval")).toHaveLength(1);
  });

  test("an invitation to a team is no membership", async () => {
    const app = await start({
      thresholds: approvers("teams: [captains]"),
      teams: { "acme/captains": ["tess"] },
    });
    app.github.world.teams.get("acme/captains")?.set("tess", "pending");
    await app.say("tess", "/approve-risk fine");
    expect(await refusal(app)).toContain("not-an-approver");
  });

  test("code owners of the files that drive the score, and not of others", async () => {
    const codeowners = "/src/ @ben\n/docs/ @rita\n";
    const generated = "docs/** linguist-generated\n";
    const app = await start({
      thresholds: approvers("codeowners: true"),
      files: { CODEOWNERS: codeowners, ".gitattributes": generated },
    });
    await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("`@ben`");
    await app.say("ben", "/approve-risk fine");
    expect((await app.events("approval")).map(({ actor }) => actor)).toEqual(["ben"]);
  });

  test("by environment", async () => {
    const scopes =
      "scopes: [{ match: { environment: staging }, approval: { approvers: { users: [rita] } } }]";
    const app = await start({ thresholds: `${approvers("users: [ben]")}\n${scopes}` });
    await app.say("rita", "/approve-risk fine");
    expect(await refusal(app)).toContain("not-an-approver");
    await app.say("rita", "/approve-risk environment=staging fine");
    expect((await app.events("approval"))[0]?.body.pointer).toMatchObject({ environment: "staging" });
  });

  test("several: the answer counts them", async () => {
    const app = await start({ thresholds: approvers("count: 2, permissions: [write, maintain]") });
    await app.say("rita", "/approve-risk fine");
    expect(app.replies().at(-1)).toContain("1 of 2");
    await app.say("rita", "/approve-risk fine again");
    expect(app.replies().at(-1)).toContain("1 of 2");
    await app.say("ben", "/approve-risk fine");
    expect(app.replies().at(-1)).toContain("2 of 2");
  });
});

describe("what was recorded", () => {
  async function used(app: TestWork, trustedLedger: boolean) {
    const [event] = await app.events("approval");
    const { pointer } = approvalBody.parse(event?.body);
    const environment = "production";
    const asked = { environment, asked: [anyWriter], now: app.now() };
    const use = { repository: shop, headSha: app.head(), ...asked, trustedLedger };
    const verified = await verifyApproval(app.work.client, pointer, use);
    return verified.valid ? "counts" : verified.reason;
  }

  test("counts without a commit id only where nobody but the App writes the ledger", async () => {
    const app = await start();
    await app.say("rita", "/approve-risk fine");
    expect(await used(app, true)).toBe("counts");
    expect(await used(app, false)).toBe("command-missing");
  });

  test("with a commit id counts from any ledger", async () => {
    const app = await start();
    await app.say("rita", `/approve-risk ${app.head()} fine`);
    expect(await used(app, false)).toBe("counts");
  });

  test("is what the App decides by, and void with the next push", async () => {
    const app = await start({
      thresholds: "defaults: { approval: { from: 0, approvers: { teams: [captains] } } }",
      teams: { "acme/captains": ["tess"] },
    });
    const comment = await app.say("tess", "/approve-risk fine");
    const counted = async () => {
      const said = { ...{ action: "created", repository: shop, owner: "acme", name: "shop" }, number: 7 };
      const asked = { ...said, comment: comment.id, body: "", at: app.now(), person: "tess" };
      const place = await placeOf(asked, app.work);
      if (!place) throw new Error("The repository is not configured.");
      const { body } = await place.askedFor("production");
      const { subject, gathered } = place;
      const { client } = app.work;
      const sources = { now: app.now(), teams: teamMembership(client), trustedLedger: true };
      const ledger = app.work.ledger(shop);
      const { approvals } = await standingApprovals(
        client,
        ledger,
        subject,
        body,
        gathered.policy,
        [],
        sources,
      );
      return approvals.map(({ actor, reason }) => `${actor}: ${reason}`);
    };
    expect(await counted()).toEqual(["tess: fine"]);
    app.github.world.teams.get("acme/captains")?.delete("tess");
    expect(await counted()).toEqual([]);
    app.github.world.teams.get("acme/captains")?.set("tess", "active");
    expect(await counted()).toEqual(["tess: fine"]);
    app.push({ "src/pay.ts": "export const pay = 6;\n" });
    expect(await counted()).toEqual([]);
  });

  test("is void once the pull request goes elsewhere, though the head is the same", async () => {
    const app = await start();
    await app.say("rita", "/approve-risk fine");
    const { git } = app.github.repository(shop);
    await git.run(["branch", "release", "main"]);
    app.pull.baseRef = "release";
    expect(await used(app, true)).toBe("base-changed");
  });

  test.each(["edited", "deleted"])("is void once its comment is %s, in the ledger too", async (action) => {
    const app = await start();
    const comment = await app.say("rita", "/approve-risk fine");
    comment.editedAt = app.github.world.now();
    await app.hear(comment, action);
    await app.hear(comment, action);
    const revoked = await app.events("revocation");
    expect(revoked).toHaveLength(1);
    expect(revoked[0]?.body).toMatchObject({
      pointer: { id: comment.id },
      reason: `the comment was ${action}`,
    });
    expect(app.replies()).toHaveLength(2);
    expect(app.replies()[1]).toContain(action);
    expect(app.redecided).toEqual([7, 7, 7]);
    expect(await used(app, true)).toBe("edited");
  });

  test("of a comment that was edited before the App heard of it is refused", async () => {
    const app = await start();
    const comment = await app.write("rita", "/approve-risk fine");
    comment.editedAt = app.github.world.now();
    await app.hear(comment);
    expect(await refusal(app)).toContain("edited");
  });

  test("an edit that adds a command is no command, and one of any other comment is nothing", async () => {
    const app = await start();
    const comment = await app.say("rita", "fine");
    comment.body = "/approve-risk fine";
    await app.hear(comment, "edited", "fine");
    await app.hear(comment, "edited");
    expect(await app.events()).toEqual([]);
    expect(app.replies()).toEqual([]);
  });
});
