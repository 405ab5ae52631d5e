import { describe, expect, it, onTestFinished } from "vitest";
import { rollbackDeclaration } from "../../../actions/rollback/declaration.ts";
import { rollbackInputs } from "../../../actions/rollback/inputs.ts";
import { runRollback } from "../../../actions/rollback/run.ts";
import { exitCodes, UserError } from "../../../core/errors.ts";
import type { Ledger } from "../../../core/ports.ts";
import type { JournalEntry } from "../../../core/rollout/journal.ts";
import { evidenceOf, inputOf, type Job, type JobEnded, rolloutWorld, type WorldOptions } from "./world.ts";

async function opened(options: WorldOptions = {}) {
  const world = await rolloutWorld(options);
  onTestFinished(async () => {
    expect(world.shop.github.violations()).toEqual([]);
    await world.close();
  });
  const back = (inputs: Record<string, string> = {}, job: Job = {}): Promise<JobEnded> => {
    const input = inputOf(rollbackDeclaration, { service: "shop", reason: "users cannot pay", ...inputs });
    return world.verb((ports) => runRollback(rollbackInputs(input), ports), { name: "rollback", ...job });
  };
  const out = async (candidate: string, job: Job = {}): Promise<JobEnded> => {
    const id = await world.decide(candidate);
    return world.rollout({ ...job, inputs: { "decision-id": id, candidate, ...job.inputs } });
  };
  return { ...world, back, out };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** A rollout at 10 % whose runner died over it: its lease is still good. */
async function underWay(world: Opened, more: Record<string, string> = {}): Promise<void> {
  const died = new Error("the runner is gone");
  const dying = () => {
    throw died;
  };
  const evidence = evidenceOf(() => "promote", world.now);
  const meanwhile = [() => undefined, () => undefined, dying];
  await expect(world.out("v2", { evidence, meanwhile, inputs: more })).rejects.toBe(died);
  expect(world.virtual.shape).toMatchObject({ candidate: "v2", share: 10 });
}

const away = (ledger: Ledger): Ledger => {
  const gone = async (): Promise<never> => {
    throw new UserError("ledger-unavailable", "The ledger does not answer.", exitCodes.unavailable);
  };
  return { ...ledger, read: gone, head: gone, append: gone, streams: gone };
};

describe("rollback", () => {
  it("takes the lease from a rollout under way, and takes it back", async () => {
    const world = await opened();
    await underWay(world);
    const { result, lines } = await world.back();
    expect(result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "rolled-back", "reason-code": "aborted", stable: "v1" },
    });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    expect(lines[0]).toContain("taken back to v1");
    const [state] = await world.states();
    expect(state?.turned?.sentence).toContain("users cannot pay");
    expect((await world.events()).some(({ body }) => body.action === "preempt")).toBe(true);
  });

  it("goes back to the last version that was good, and says what it is and what went out since", async () => {
    const world = await opened();
    await world.out("v2");
    world.later(3600);
    const { result, lines } = await world.back();
    expect(result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "rolled-back", stable: "v1" },
    });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    expect(lines[0]).toMatch(/^Back from v2 to v1/);
    expect(lines[1]).toContain("No other service");
    const [, back] = await world.states();
    expect(back?.plan).toMatchObject({ kind: "back", candidate: { id: "v2" }, stable: { id: "v1" } });
  });

  it("takes back only what follows the decision that is named", async () => {
    const world = await opened();
    const first = await world.decide("v2");
    await world.rollout({ inputs: { "decision-id": first, candidate: "v2" } });
    const second = await world.decide("v3");
    await world.rollout({ inputs: { "decision-id": second, candidate: "v3" } });
    const { error } = await world.back({ "decision-id": first });
    expect(error).toMatchObject({ reasonCode: "other-decision", exitCode: exitCodes.blocked });
    expect(world.virtual.shape).toMatchObject({ stable: "v3" });
    expect((await world.back({ "decision-id": second })).result).toMatchObject({ exitCode: exitCodes.go });
    expect(world.virtual.shape).toMatchObject({ stable: "v2" });
  });

  it("leaves the version before alone where the decision's own one came back already", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const evidence = evidenceOf(() => "rollback", world.now);
    await world.rollout({ evidence, inputs: { "decision-id": id, candidate: "v2" } });
    expect(world.virtual.shape).toMatchObject({ stable: "v1" });
    const { result } = await world.back({ "decision-id": id });
    expect(result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "already-there", stable: "v1" },
    });
    expect(await world.states()).toHaveLength(1);
  });

  it("knows the decision and the commit that brought the version it goes to", async () => {
    const world = await opened();
    await world.out("v2");
    world.later(3600);
    await world.out("v3");
    const { lines, result } = await world.back();
    expect(result?.outputs.stable).toBe("v2");
    const [first] = await world.states();
    expect(lines[0]).toContain(`decision ${first?.plan.decision_id}`);
    expect(lines[0]).toContain(`commit ${world.subject.head.slice(0, 12)}`);
    // A version that somebody went back from was not good, so that the next one leads further.
    expect((await world.back()).result?.outputs.stable).toBe("v1");
  });

  it("holds where going back would do harm, and goes all the same at the second word", async () => {
    const world = await opened();
    await underWay(world, { "unsafe-back": "The schema was migrated." });
    const { result } = await world.back();
    expect(result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { outcome: "standing", "reason-code": "unsafe-back" },
    });
    expect(world.virtual.shape.share).toBe(10);
    const second = await world.back();
    expect(second.result?.outputs.outcome).toBe("rolled-back");
  });

  it("keeps the version out that it left, until a person says otherwise", async () => {
    const world = await opened();
    await world.out("v2");
    world.later(3600);
    await world.back();
    expect((await world.out("v2")).error).toMatchObject({
      reasonCode: "quarantined",
      message: expect.stringContaining("A person asked for it."),
    });
    world.later(31 * 60);
    expect((await world.out("v2")).result?.outputs).toMatchObject({ outcome: "completed", stable: "v2" });
  });

  it("goes to every device only where there is a fleet, and says what to use", async () => {
    const world = await opened();
    await underWay(world);
    const { error } = await world.back({ fleet: "true" });
    expect(error).toMatchObject({ reasonCode: "no-fleet", exitCode: exitCodes.usage });
    expect(error?.message).toContain("a rollback without `fleet`");
    expect(world.virtual.shape.share).toBe(10);
  });

  it.each([["what is under way"], ["what has ended"]])(
    "takes a fleet back from %s by a plan for all of it",
    async (what) => {
      const world = await opened();
      Object.assign(world.virtual.target.traits, { fleet: true });
      if (what === "what is under way") await underWay(world);
      else await world.out("v2");
      const { result } = await world.back({ fleet: "true" });
      expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v1" });
      expect(world.virtual.plans.at(-1)?.whole_fleet).toBe(true);
    },
  );

  it("goes where `to` says, and has nothing to do where it is already", async () => {
    const world = await opened();
    const { result } = await world.back({ to: "v0" });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v0" });
    const again = await world.back({ to: "v0" });
    expect(again.result).toMatchObject({ exitCode: exitCodes.go, outputs: { outcome: "already-there" } });
  });

  it("says so where no earlier version is known", async () => {
    const world = await opened();
    const { error } = await world.back();
    expect(error).toMatchObject({ reasonCode: "no-known-good", exitCode: exitCodes.blocked });
    expect(world.virtual.shares).toEqual([]);
  });

  it("does not wait for the ledger, which learns of it from whoever is next", async () => {
    const world = await opened();
    await underWay(world);
    const entries: JournalEntry[] = [];
    const journal = {
      read: async () => entries,
      write: async (entry: JournalEntry) => {
        entries.push(entry);
      },
    };
    const { result, warnings } = await world.back({}, { ports: { ledger: away(world.ledger()), journal } });
    expect(result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "rolled-back", stable: "v1" },
    });
    expect(warnings[0]).toContain("does not answer");
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    expect(entries.map(({ kind }) => kind)).toEqual(["asked", "held"]);
    const next = await world.back({}, { ports: { journal } });
    expect(next.result?.outputs.outcome).toBe("rolled-back");
    expect((await world.states())[0]?.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  });

  it("without the ledger and without a rollout on the target, it needs to be told where to", async () => {
    const world = await opened();
    const ports = { ledger: away(world.ledger()) };
    expect((await world.back({}, { ports })).error).toMatchObject({ reasonCode: "no-known-good" });
    expect((await world.back({ to: "v0" }, { ports })).result?.outputs.outcome).toBe("rolled-back");
  });
});
