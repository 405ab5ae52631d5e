import { getOctokit } from "@actions/github";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { githubPeople } from "../../../adapters/github/people.ts";
import type { Issue } from "../../../emulated/github/index.ts";
import { story } from "../../core/rollout/story.ts";
import { type RolloutWorld, rolloutWorld, shop } from "./rollout-world.ts";

let world: RolloutWorld;
let warnings: string[];
beforeEach(async () => {
  world = await rolloutWorld();
  warnings = [];
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const people = (tale: ReturnType<typeof story>, client = world.client) =>
  githubPeople({ client, repository: shop, now: tale.at, warn: (sentence) => warnings.push(sentence) });
const issues = (): Issue[] => [...world.github.repository(shop).issues.values()];
const comments = (): string[] => [...world.github.repository(shop).comments.values()].map(({ body }) => body);

/** A rollout whose first step went wrong, so that it goes back. */
function goneWrong() {
  const tale = story().does(2).verdict("rollback");
  const [first] = tale.state.notices;
  if (first === undefined) throw new Error("Nothing is to be told.");
  return { tale, notice: first.notice };
}
const page = { kind: "page", code: "back-late", sentence: "The rollback is not done after 130 s." } as const;

describe("an incident", () => {
  test("is an issue that says what moved, how it stands and what overrules it; told twice it is one", async () => {
    const { tale, notice } = goneWrong();
    const where = await people(tale).tell(tale.state, notice);
    expect(await people(tale).tell(tale.state, notice)).toBe(where);
    expect(issues()).toHaveLength(1);
    const [issue] = issues();
    expect(issue?.labels).toEqual(["adaptive-deploy", "incident"]);
    expect(issue?.title).toContain("v2");
    expect(issue?.body).toMatch(
      new RegExp(`^<!-- adaptive-deploy:incident:${tale.state.plan.rollout}:because -->\n`),
    );
    expect(issue?.body).toContain("**What moved:**");
    expect(issue?.body).toContain("**Now:**");
    expect(issue?.body).toContain("/rollout overrule <reason>");
    expect(where).toBe(`${world.github.url}/${shop}/issues/${issue?.number}`);
  });

  test("whose answer was lost is found again", async () => {
    const { tale, notice } = goneWrong();
    world.github.failNext({ operation: "issues/create", kind: "lost" });
    await expect(people(tale).tell(tale.state, notice)).rejects.toThrow("could not be reached");
    expect(await people(tale).tell(tale.state, notice)).toContain("/issues/");
    expect(issues()).toHaveLength(1);
  });

  test("is told although a stranger has written its marker", async () => {
    const { tale, notice } = goneWrong();
    const mallory = getOctokit("mallory", { baseUrl: world.github.url });
    const body = `<!-- adaptive-deploy:incident:${tale.state.plan.rollout}:because -->\nNothing to see.`;
    await mallory.rest.issues.create({ owner: "acme", repo: "shop", title: "x", body });
    await people(tale).tell(tale.state, notice);
    expect(issues().map(({ user }) => user.login)).toEqual(["mallory", "github-actions[bot]"]);
  });

  test("of another rollout is another one", async () => {
    const { tale, notice } = goneWrong();
    const other = story({ rollout: "ro_ffffffffffff" }).does(2).verdict("rollback");
    await people(tale).tell(tale.state, notice);
    await people(other).tell(other.state, notice);
    expect(issues()).toHaveLength(2);
  });

  test("says at the end that it is over, once in a comment", async () => {
    const { tale, notice } = goneWrong();
    const told = people(tale);
    await told.tell(tale.state, notice);
    const before = issues()[0]?.body;
    tale.told().later(30).does().concludes();
    await told.settle(tale.state);
    await told.settle(tale.state);
    expect(issues()[0]?.body).not.toBe(before);
    expect(issues()[0]?.body).toContain("has everything again");
    expect(comments()).toHaveLength(1);
    expect(comments()[0]).toContain("**Rolled back at 2026-11-21 10:00:30 UTC.**");
  });

  test("of a rollout that stands says so, and what a person may say", async () => {
    const tale = story({ unsafe_back: ["The schema was migrated."] })
      .does(2)
      .verdict("rollback");
    const told = people(tale);
    for (const { notice } of tale.state.notices) await told.tell(tale.state, notice);
    tale.told();
    await told.settle(tale.state);
    expect(issues()[0]?.labels).toEqual(["adaptive-deploy", "page"]);
    expect(comments()[0]).toContain("**Still standing at");
    expect(comments()[0]).toContain("`/rollout abort`");
  });
});

describe("a page", () => {
  test("is a comment on the incident, with a label, and one however often it is told", async () => {
    const { tale, notice } = goneWrong();
    await people(tale).tell(tale.state, notice);
    world.github.failNext({ operation: "issues/create-comment", kind: "lost" });
    await expect(people(tale).tell(tale.state, page)).rejects.toThrow("could not be reached");
    const where = await people(tale).tell(tale.state, page);
    expect(where).toContain("#issuecomment-");
    expect(comments()).toHaveLength(1);
    expect(issues()).toHaveLength(1);
    expect(issues()[0]?.labels).toEqual(["adaptive-deploy", "incident", "page"]);
  });

  test("is an issue of its own where there is none yet", async () => {
    const { tale } = goneWrong();
    await people(tale).tell(tale.state, page);
    await people(tale).tell(tale.state, page);
    expect(issues().map(({ labels }) => labels)).toEqual([["adaptive-deploy", "page"]]);
  });
});

test("a token without the right is said, and the rollout does not wait for it", async () => {
  const { tale, notice } = goneWrong();
  await world.close();
  world = await rolloutWorld({ contents: "read" });
  expect(await people(tale).tell(tale.state, notice)).toBeUndefined();
  expect(warnings.join()).toContain("issues: write");
});
