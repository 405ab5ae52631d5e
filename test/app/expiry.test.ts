import { expect, test } from "vitest";
import type { Timer, Work } from "../../app/ports.ts";
import { redecide } from "../../app/redecide.ts";
import { effective } from "../../core/decision/envelope.ts";
import { momentWords } from "../../core/render/sentences.ts";
import { renderTerminal } from "../../core/render/terminal.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";
import { worksOfFile } from "./each-work.ts";
import { shop, type TestWork } from "./work.ts";

const open = worksOfFile();
let app: TestWork;

/** Decides at a moment, and tells what was written and which timers were set. */
async function decidedAt(now: Date) {
  const timers: { timer: Timer; at: Date }[] = [];
  const work: Work = {
    ...app.work,
    now,
    later: async (timer, at) => void timers.push({ timer, at }),
  };
  const decided = await redecide(shop, 7, work);
  if (!decided) throw new Error("Nothing was decided.");
  const { checkRuns, comments } = app.github.repository(shop);
  const check = [...checkRuns.values()].find(({ name }) => name === "adaptive-deploy/risk");
  const comment = [...comments.values()].find(({ body }) => body.includes("adaptive-deploy:risk:v1"));
  return { decision: decided.decision, timers, conclusion: check?.conclusion, comment: comment?.body ?? "" };
}

test("an approval ends by itself: the answer and the comment say when, a timer asks again, the check does", async () => {
  app = await open({
    thresholds: "defaults: { mode: enforced, approval: { from: 0, expires-after: 10m } }",
  });
  const said = await app.say("rita", "/approve-risk seen");
  const until = new Date(Date.parse(said.createdAt) + 10 * 60_000);
  expect(app.replies().at(-1)).toContain(`It holds until ${momentWords(until.toISOString())}.`);

  const before = await decidedAt(new Date(until.valueOf() - 1));
  expect(before.conclusion).toBe("success");
  expect(before.comment).toContain(`until ${momentWords(until.toISOString())}`);
  expect(before.timers).toEqual([
    {
      timer: expect.objectContaining({
        lane: "acme/shop#7",
        payload: { kind: "settle", repository: shop, number: 7 },
      }),
      at: until,
    },
  ]);

  const after = await decidedAt(until);
  expect(after.conclusion).toBe("action_required");
  expect(after.timers).toEqual([]);
  expect(effective(after.decision).reasonCode).toBe("approval-expired");
  expect(after.comment).toContain("`approval-expired`");
  expect(renderTerminal(after.decision, { colour: false })).toContain("approval-expired");
  expect(after.decision.decision_id).toBe(before.decision.decision_id);
});

test("an approval is void once the base is rewound beneath it, though head and branch are the same", async () => {
  app = await open({
    thresholds: "defaults: { mode: enforced, approval: { from: 0 } }",
  });
  const folder = app.folder(shop);
  commitFiles(folder, "Second", { "src/second.ts": "second\n" });
  git(folder, "checkout", "--quiet", "change");
  git(folder, "merge", "--quiet", "--no-edit", "main");
  git(folder, "checkout", "--quiet", "main");
  app.push({ "src/pay.ts": "export const pay = 3;\n" });
  await app.say("rita", "/approve-risk seen");
  expect((await decidedAt(app.now())).conclusion).toBe("success");

  git(folder, "reset", "--quiet", "--hard", "HEAD~1");
  const after = await decidedAt(app.now());
  expect(after.conclusion).toBe("action_required");
  expect(after.decision.approvals_refused).toEqual([
    { reason_code: "approval-not-counted", sentence: expect.stringContaining("the base moved under it") },
  ]);
});

test("an approval from the future, by our clock, does not count", async () => {
  app = await open({
    thresholds: "defaults: { mode: enforced, approval: { from: 0, expires-after: 1d } }",
  });
  const said = await app.say("rita", "/approve-risk seen");
  const at = Date.parse(said.createdAt);
  expect((await decidedAt(new Date(at - 4 * 60_000))).conclusion).toBe("success");
  const early = await decidedAt(new Date(at - 6 * 60_000));
  expect(early.conclusion).toBe("action_required");
  expect(effective(early.decision).reasonCode).toBe("approval-not-counted");
});
