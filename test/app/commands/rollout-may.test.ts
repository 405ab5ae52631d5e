import { expect, test } from "vitest";
import { worksOfFile } from "../each-work.ts";
import type { TestWork } from "../work.ts";
import { type OpenedRollout, openRollout } from "./rollout-work.ts";

/**
 * Who may say which word. Ada opened the pull request, Maria wrote its commits, Carl helped; Tim may triage, and Olga is
 * nobody here. Policy names Ben and Ada as approvers.
 */
const start = worksOfFile();
const writers = ["tess", "rita", "ben"];
const authors = ["ada", "maria", "carl"];
const others = ["tim", "olga", "other-app"];
const thresholds = "defaults: { approval: { from: 0, approvers: { users: [ben, ada] } } }";

type State = "watched" | "stopped" | "taken-back";
type Case = [word: string, state: State, may: string[], refused: Record<string, string>];

const none = { tim: "no-permission" };
const ownChange = Object.fromEntries(authors.map((login) => [login, "actor-is-author"]));
const approving = { ...none, rita: "not-an-approver", maria: "not-an-approver", ada: "actor-is-author" };

const cases: Case[] = [
  ["pause", "watched", [...writers, ...authors], none],
  ["hold why", "watched", [...writers, ...authors], none],
  ["abort", "watched", [...writers, ...authors], none],
  ["resume", "stopped", writers, { ...none, ...ownChange }],
  ["retry", "stopped", writers, { ...none, ...ownChange }],
  // Who stopped it last may let it go on.
  ["pause", "stopped", writers, { ...none, ...ownChange }],
  ["hold why", "stopped", writers, { ...none, ...ownChange }],
  ["approve why", "watched", ["ben"], approving],
  ["promote why", "watched", ["ben"], approving],
  ["overrule why", "taken-back", ["ben"], approving],
];

async function openedIn(app: TestWork, state: State, number: number): Promise<OpenedRollout> {
  const rollout = await openRollout(app, {
    ...{ service: `of-${number}`, rollout: `ro_${String(number).padStart(12, "0")}` },
  });
  if (state === "taken-back") await rollout.rolledBack();
  else await rollout.watches();
  const stop = { rollout: rollout.plan.rollout, command: "pause" as const, reason: "wait", by: "tess" };
  if (state === "stopped") await rollout.writes({ kind: "command", body: stop });
  return rollout;
}

test.each(cases)(
  "/rollout %s of one that is %s is said by %j, and by nobody else",
  async (word, state, may, refused) => {
    const app = await start({ thresholds });
    const saying: string[] = [];
    const reasons: Record<string, string | undefined> = {};
    for (const [number, login] of [...writers, ...authors, ...others].entries()) {
      const rollout = await openedIn(app, state, number);
      const before = (await rollout.words()).length;
      const replies = app.replies().length;
      const [name, why = ""] = word.split(" ");
      await app.say(login, `/rollout ${name} service=of-${number} ${why}`);
      const said = (await rollout.words()).slice(before);
      if (said.length > 0) saying.push(login);
      expect(said.every(({ by }) => by === login)).toBe(true);
      reasons[login] = /Not done\*\* \(`([\w-]+)`\)/.exec(app.replies()[replies] ?? "")?.[1];
    }
    expect(saying).toEqual(may);
    expect(reasons).toMatchObject({ ...refused, "other-app": undefined });
  },
);

test("/rollback is said by whoever may write, their own change or not", async () => {
  const app = await start({ thresholds });
  for (const [number, login] of [...writers, ...authors, ...others].entries()) {
    const rollout = await openedIn(app, "watched", number);
    await app.say(login, `/rollback of-${number} production it hurts`);
    expect([login, (await rollout.words()).length]).toEqual([login, others.includes(login) ? 0 : 1]);
  }
});

test("a comment that is edited or deleted says nothing anew and takes nothing back", async () => {
  const app = await start();
  const rollout = await openRollout(app);
  const comment = await app.say("tess", "/rollout pause wait");
  comment.body = "/rollout abort";
  await app.hear(comment, "edited", "/rollout pause wait");
  await app.hear(comment, "deleted");
  expect((await rollout.words()).map(({ command }) => command)).toEqual(["pause"]);
});
