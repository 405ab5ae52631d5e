import { getOctokit } from "@actions/github";
import { beforeEach, describe, expect, test } from "vitest";
import { reviews } from "../../../app/commands/index.ts";
import { redecide } from "../../../app/redecide.ts";
import { foldApprovals } from "../../../core/evidence/approvals.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, slug, type TestWork } from "../work.ts";

const open = worksOfFile();
let app: TestWork;
type Review = ReturnType<TestWork["github"]["repository"]>["reviews"][number];
beforeEach(async () => {
  app = await open();
});

async function review(login: string, body: string, event: "APPROVE" | "REQUEST_CHANGES" = "APPROVE") {
  const { rest } = getOctokit(login, { baseUrl: app.github.url });
  const { data } = await rest.pulls.createReview({
    owner: "acme",
    repo: "shop",
    pull_number: 7,
    body,
    event,
  });
  const made = app.github.repository(shop).reviews.find(({ id }) => id === data.id);
  if (!made) throw new Error("The review was not written.");
  return made;
}
async function hear(made: Review, about: object = {}): Promise<void> {
  const handle = reviews({
    identity: { id: String(app.github.world.apps.get(slug)?.id), slug },
    redecide: async (_, number) => {
      app.redecided.push(number);
    },
  });
  await handle({ ...(await app.github.events(shop).as({ app: slug }).review(made)), ...about }, app.work);
}
const say = async (login: string, body: string) => {
  const made = await review(login, body);
  await hear(made);
  return made;
};
const pointers = async () => foldApprovals(await app.events()).standing.map(({ pointer }) => pointer);
const counted = async () => (await redecide(shop, 7, app.work))?.decision.approvals ?? [];

describe("a review that approves", () => {
  test("counts where it says so on a line of its own, once, bound to its own commit", async () => {
    const made = await say("rita", "Looks good.\n\n/approve-risk read it twice\n");
    await hear(made);
    expect(await app.events("approval")).toHaveLength(1);
    expect(await pointers()).toMatchObject([
      { kind: "review", id: made.id, head_sha: app.head(), pull_request: 7, actor: "rita" },
    ]);
    expect(app.replies()).toHaveLength(1);
    expect(app.replies()[0]).toContain("read it twice");
    expect(app.redecided[0]).toBe(7);
    expect(await counted()).toMatchObject([{ actor: "rita", source: `review ${made.id} in acme/shop` }]);
  });

  test("without the line approves nothing", async () => {
    await say("rita", "Looks good.");
    expect(await app.events()).toEqual([]);
    expect([app.replies(), app.redecided]).toEqual([[], []]);
  });

  test.each([
    ["of a commit that is not the head any more", "other-head", "rita", "/approve-risk fine", true],
    ["of one commit that names another", "other-head", "rita", `/approve-risk ${"a".repeat(40)} fine`, false],
    ["by a co-author", "actor-is-author", "carl", "/approve-risk fine", false],
    ["by a stranger", "no-permission", "olga", "/approve-risk fine", false],
  ])("%s is refused", async (_, reason, login, body, moves) => {
    const made = await review(login, body);
    if (moves) app.push({ "src/pay.ts": "export const pay = 3;\n" });
    await hear(made);
    expect(await app.events()).toEqual([]);
    expect(app.replies()[0]).toContain(reason);
  });

  test("counts for the environment that its line names alone", async () => {
    await say("rita", "/approve-risk environment=staging fine");
    expect(await pointers()).toMatchObject([{ environment: "staging" }]);
    expect(await counted()).toEqual([]);
  });
});

describe("an approval by review is void", () => {
  const gone = async (): Promise<void> => {
    expect(await pointers()).toEqual([]);
    expect((await app.events("revocation"))[0]?.body).toMatchObject({ pointer: { kind: "review" } });
    expect(app.replies()).toHaveLength(2);
    expect(await counted()).toEqual([]);
  };

  test("once it is dismissed", async () => {
    const made = await say("rita", "/approve-risk fine");
    made.state = "DISMISSED";
    await hear(made, { action: "dismissed" });
    await hear(made, { action: "dismissed" });
    await gone();
  });

  test("once it is edited", async () => {
    const made = await say("rita", "/approve-risk fine");
    const from = made.body;
    made.body = "/approve-risk something else";
    await hear(made, { action: "edited", changes: { body: { from } } });
    await gone();
  });

  test("once the same person asks for changes, which is then decided again", async () => {
    await say("rita", "/approve-risk fine");
    app.redecided.length = 0;
    await hear(await review("ben", "no", "REQUEST_CHANGES"));
    expect(app.redecided).toEqual([]);
    await hear(await review("rita", "no", "REQUEST_CHANGES"));
    expect(app.redecided).toEqual([7]);
    expect(await counted()).toEqual([]);
  });
});
