import { describe, expect, test } from "vitest";
import { next } from "../../../core/rollout/next.ts";
import type { PlanStep } from "../../../core/rollout/plan.ts";
import { story } from "./story.ts";

const steps = (by: PlanStep["by"], ...shares: number[]): PlanStep[] =>
  shares.map((share) => ({ share, by, window_seconds: 60, healthy_windows: 1 }));

describe("forwards", () => {
  test("a canary is deployed, gets its shares one after another, bakes and is promoted", () => {
    const tale = story({ steps: steps("weight", 10, 100), bake_seconds: 600 });
    expect(tale.wants).toEqual(["apply deploy"]);
    expect(tale.does().wants).toEqual(["apply weight 10"]);
    expect(tale.does().wants).toEqual(["watch 0"]);
    expect(tale.verdict("promote").wants).toEqual(["apply weight 100"]);
    expect(tale.does().wants).toEqual(["watch 1"]);
    expect(tale.verdict("promote").wants).toEqual(["watch 1", "wait"]);
    expect(tale.later(599).wants).toEqual(["watch 1", "wait"]);
    expect(tale.later(1).wants).toEqual(["apply promote"]);
    expect(tale.does().wants).toEqual(["conclude completed"]);
    expect(tale.concludes().wants).toEqual(["end"]);
  });

  test("blue-green is watched without traffic, asks at the cut-over and keeps the old version warm", () => {
    const tale = story({
      kind: "blue-green",
      steps: steps("cut-over", 0, 100),
      approval: "cut-over",
      bake_seconds: 60,
    });
    expect(tale.does().wants).toEqual(["watch 0"]);
    expect(tale.verdict("promote").wants).toEqual(["ask-approval"]);
    expect(tale.says("promote").wants).toEqual(["ask-approval"]);
    expect(tale.says("approve").wants).toEqual(["apply cut-over 100"]);
    expect(tale.does().verdict("promote", 1).wants).toEqual(["watch 1", "wait"]);
    expect(tale.verdict("rollback", 1).wants).toEqual(["apply restore", "tell incident because"]);
  });

  test("an approval that came early is not asked for again", () => {
    const tale = story({ steps: steps("weight", 10, 100), approval: "cut-over" });
    expect(tale.says("approve").does(2).verdict("promote").wants).toEqual(["apply weight 100"]);
  });

  test("slow watches the step again, and a step that stays slow needs a person", () => {
    const tale = story().does(2);
    for (const _ of [1, 2, 3]) expect(tale.later(60).verdict("slow").wants).toEqual(["watch 0"]);
    expect(tale.verdict("slow").wants).toEqual(["stand", "tell page because"]);
  });

  test("hold stands where it is and pages once; a retry watches it again", () => {
    const tale = story().does(2).verdict("hold");
    expect(tale.wants).toEqual(["stand", "tell page because"]);
    expect(tale.told().wants).toEqual(["stand"]);
    expect(tale.says("resume").wants).toEqual(["stand"]);
    expect(tale.says("retry").wants).toEqual(["apply weight 10"]);
    expect(tale.does().verdict("hold").wants).toEqual(["stand"]);
  });
});

describe("back", () => {
  test.each([
    ["before anything was deployed", 0],
    ["before any traffic", 1],
    ["at a step", 2],
  ])("an abort %s restores the stable version", (_, done) => {
    const tale = story().does(done).says("abort");
    expect(tale.wants).toEqual(["apply restore", "tell incident aborted"]);
    expect(tale.told().does().wants).toEqual(["conclude rolled-back"]);
    expect(tale.state.doing).toMatchObject({ outcome: { automatic: false, reason_code: "aborted" } });
  });

  test("what was under way when it turned does not count, and what failed neither", () => {
    const tale = story().does(1).begins().says("abort");
    expect(tale.ends("done", 2).wants[0]).toBe("apply restore");
    expect(story().does(1).begins().says("abort").ends("failed", 2).wants[0]).toBe("apply restore");
  });

  test("an effect that fails as often as policy allows takes the rollout back", () => {
    const tale = story({ attempts: 2 }).does(1);
    expect(tale.begins().ends("failed").wants).toEqual(["apply weight 10"]);
    expect(tale.begins().ends("failed").wants).toEqual(["apply restore", "tell incident effect-failed"]);
  });

  test("a way back that fails is paged, and tried until it holds", () => {
    const tale = story({ attempts: 1 }).does(2).verdict("rollback").told();
    expect(tale.begins().ends("failed").wants).toEqual(["apply restore", "tell page back-failed"]);
    expect(tale.told().begins().ends("failed").wants).toEqual(["apply restore"]);
    expect(tale.does().wants).toEqual(["conclude rolled-back"]);
  });

  test("a way back that takes longer than policy allows is paged once", () => {
    const tale = story({ back_within_seconds: 120 }).does(2).verdict("rollback").told();
    expect(tale.later(120).wants).toEqual(["apply restore"]);
    expect(tale.later(1).wants).toEqual(["apply restore", "tell page back-late"]);
    expect(tale.begins().wants).toEqual(["apply restore", "tell page back-late"]);
  });

  test("going back where that does harm is held and paged; a second abort insists", () => {
    const tale = story({ unsafe_back: ["The schema was migrated."] })
      .does(2)
      .verdict("rollback");
    expect(tale.wants).toEqual(["stand", "tell page unsafe-back"]);
    expect(tale.says("abort").wants[0]).toBe("apply restore");
  });

  test("without a version that is known to be good it stands and says so", () => {
    expect(story({ stable: null }).does(2).verdict("rollback").wants).toEqual([
      "stand",
      "tell page no-known-good",
    ]);
  });

  test("whoever asks for the whole fleet gets it on a way back that was begun already, too", () => {
    for (const tale of [story(), story().does(2).says("abort")]) {
      expect(tale.state.plan.whole_fleet).toBeUndefined();
      const after = tale.says("abort", { whole_fleet: true }).state;
      expect([after.plan.whole_fleet, after.turned?.code]).toEqual([true, "aborted"]);
    }
  });

  test("a plan that only goes back asks for nothing else", () => {
    const tale = story({ kind: "back", steps: [] });
    expect(tale.wants).toEqual(["apply restore", "tell incident asked"]);
    expect(tale.told().does().wants).toEqual(["conclude rolled-back"]);
  });
});

describe("people", () => {
  test("pause stands, resume goes on where it was", () => {
    const tale = story().does(2).says("pause");
    expect(tale.wants).toEqual(["stand"]);
    expect(tale.verdict("promote", 0).wants).toEqual(["stand"]);
    expect(tale.says("resume").wants).toEqual(["apply weight 100"]);
  });

  test("a pause of what stands already hides neither why nor what lifts it", () => {
    const tale = story({ unsafe_back: ["The schema was migrated."] })
      .does(2)
      .verdict("rollback");
    expect(tale.says("pause").says("resume").says("hold").wants).toEqual(["stand", "tell page unsafe-back"]);
    expect(tale.says("abort").wants[0]).toBe("apply restore");
  });

  test("a target that moves by itself is paused too, and resumed before it goes on", () => {
    const tale = story({ freezes: true }).does(1).begins().says("pause");
    expect(tale.wants).toEqual(["apply pause"]);
    expect(tale.does().wants).toEqual(["stand"]);
    expect(tale.says("resume").wants).toEqual(["apply resume"]);
    expect(tale.does().wants).toEqual(["apply weight 10"]);
    expect(tale.does().says("pause").does().says("abort").wants[0]).toBe("apply restore");
  });

  test("promote goes on without the evidence of the step", () => {
    expect(story().does(2).says("promote").wants).toEqual(["apply weight 100"]);
    expect(story().does(2).verdict("hold").says("promote").wants[0]).toBe("apply weight 100");
  });

  test("overruled on the way back, it begins at the first step and the verdict is disputed", () => {
    const tale = story().does(2).verdict("rollback").told().begins().says("overrule");
    expect(tale.wants).toEqual(["apply deploy"]);
    expect(tale.does(2).wants).toEqual(["watch 0"]);
    expect(tale.state.disputed).toBe(true);
  });

  test("overruled afterwards, the outcome no longer counts against the candidate", () => {
    const tale = story().does(2).verdict("rollback").told().does().concludes().says("overrule");
    expect(tale.state.doing).toMatchObject({ kind: "ended", outcome: "overruled" });
    expect(tale.wants).toEqual(["end"]);
  });

  test("an abort that comes after the last effect is too late, and says so", () => {
    const tale = story({ steps: steps("weight", 100) })
      .does(2)
      .verdict("promote")
      .does()
      .says("abort");
    expect(tale.wants).toEqual(["conclude completed", "tell page abort-too-late"]);
    expect(tale.concludes().wants).toEqual(["end", "tell page abort-too-late"]);
  });

  test("a change by somebody else stands until a person says that it is right so", () => {
    const tale = story().does(2).sees("changed-by-somebody");
    expect(tale.wants).toEqual(["stand", "tell page changed-by-somebody"]);
    expect(tale.told().says("retry").wants).toEqual(["apply weight 10"]);
  });
});

describe("an abort on the target", () => {
  test("is a person's word for going back, and no failure of the candidate's", () => {
    const tale = story().does(2).sees("aborted-on-target");
    expect(tale.wants).toEqual(["apply restore", "tell incident aborted-on-target"]);
    tale.told().does().concludes();
    expect(tale.state.turned).toMatchObject({ code: "aborted-on-target", automatic: false });
    expect(tale.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
  });

  test("is held where going back would do harm, and only an abort said here goes all the same", () => {
    const tale = story({ unsafe_back: ["The schema was migrated."] })
      .does(2)
      .sees("aborted-on-target");
    expect(tale.wants).toEqual(["stand", "tell page unsafe-back"]);
    expect(tale.told().says("abort").wants).toEqual(["apply restore", "tell incident aborted"]);
  });

  test("comes too late behind the last effect", () => {
    const tale = story({ steps: steps("weight", 100) })
      .does(2)
      .verdict("promote")
      .does()
      .sees("aborted-on-target");
    expect(tale.wants).toEqual(["conclude completed"]);
  });
});

describe("what comes late or twice changes nothing", () => {
  test.each<[string, (tale: ReturnType<typeof story>) => unknown]>([
    ["a result of an effect that is not open", (tale) => tale.ends("done", 1)],
    ["a verdict of another step", (tale) => tale.verdict("rollback", 1)],
    ["an approval", (tale) => tale.says("approve")],
    ["a resume of what was not paused", (tale) => tale.says("resume")],
    ["a retry of what does not stand", (tale) => tale.says("retry")],
    ["overruling what nobody judged", (tale) => tale.says("overrule")],
  ])("%s", (_, say) => {
    const tale = story().does(2);
    const before = { ...tale.state, approved: false };
    say(tale);
    expect({ ...tale.state, approved: false }).toEqual(before);
  });

  test("overruling a person's pause, which nobody judged", () => {
    const tale = story().does(2).says("pause");
    const before = tale.state;
    expect(tale.says("overrule").state).toEqual(before);
  });

  test("nothing but an overruling touches what has ended", () => {
    const tale = story({ steps: steps("weight", 100) })
      .does(2)
      .verdict("promote")
      .does()
      .concludes();
    const before = tale.state;
    for (const command of ["pause", "abort", "retry", "promote", "approve", "hold", "resume"] as const)
      tale.says(command);
    tale.verdict("rollback").sees("changed-by-somebody").ends("failed", 1);
    expect(tale.state).toEqual(before);
  });
});

test("an undoing behind the end that fails stays open, and has its whole time again", () => {
  const tale = story({ attempts: 1 }).begins().ends("failed").told().does().concludes();
  const { rollout } = tale.state.plan;
  const frame = { actor: "run", at: tale.at() };
  const effect = { kind: "restore" as const };
  const intent = { rollout, number: 3, fencing: 1, effect };
  const undoing = next(tale.state, { ...frame, kind: "intent", body: intent }).state;
  const later = "2026-11-21T11:00:00.000Z";
  const body = { rollout, number: 3, status: "failed" as const };
  const failed = next(undoing, { ...frame, kind: "result", at: later, body }).state;
  expect(failed.doing).toEqual(tale.state.doing);
  expect(failed.open).toMatchObject({ number: 3, effect, at: later });
  const done = next(failed, { ...frame, kind: "result", body: { ...body, status: "done" } }).state;
  expect(done).toMatchObject({ open: null, reached: effect, reachedNumber: 3 });
});

test("a plan of one step asks for its approval before that step", () => {
  const tale = story({ steps: steps("weight", 100), approval: "cut-over" });
  expect(tale.does().wants).toEqual(["ask-approval"]);
  expect(tale.says("approve").wants).toEqual(["apply weight 100"]);
});
