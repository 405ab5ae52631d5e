import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../../core/ports.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import { type Mark, type Observed, type Shape, sameShape } from "../../core/rollout/observed.ts";
import type { RolloutPlan, ShareKind } from "../../core/rollout/plan.ts";
import { satisfied, shapeAfter } from "../../core/rollout/reconcile.ts";

/** A target with a stable version on it, and a candidate that could be brought there. */
export type TargetBench = {
  /** A new instance each time, as another run would make it. */
  open(): Target;
  plan: RolloutPlan;
  /** How the target's shares are reached. */
  by: ShareKind;
  /** Shares that this target can hold, rising; without the last one of 100. */
  shares: number[];
  /** A plan that the target cannot carry out. */
  unsupported: RolloutPlan;
  /** What users get: percent of the candidate, by asking and not by believing the target. */
  usersGet(): Promise<number>;
  /** How far that may be from what was asked. */
  within: number;
  /** Changes the target as a person would, past all automation, to something that no step of the plan is. */
  meddle(): Promise<void>;
  /** How long one effect may take here. */
  patienceMs?: number;
  close(): Promise<void>;
};

export function targetContract(name: string, arrange: () => Promise<TargetBench>, timeout = 120_000): void {
  describe(`the target contract: ${name}`, { timeout }, () => {
    let bench: TargetBench;
    let moves: Moves;
    beforeEach(async () => {
      bench = await arrange();
      moves = movesOf(bench);
    });
    afterEach(async () => {
      await bench.close();
    });

    it("can what it can, and says by a code what it cannot", async () => {
      const target = bench.open();
      expect(await target.can(bench.plan)).toEqual([]);
      const refusals = await target.can(bench.unsupported);
      expect(refusals.length).toBeGreaterThan(0);
      for (const { code, sentence } of refusals) {
        expect(code).toMatch(/^[a-z-]+$/);
        expect(sentence.length).toBeGreaterThan(20);
      }
    });

    it("begins with the stable version alone", async () => {
      const { stable, candidate } = bench.plan;
      const observed = await bench.open().observe(bench.plan);
      expect(observed).toMatchObject({ stable: stable?.id, settled: true, handsOff: null });
      expect([null, candidate.id]).toContain(observed.candidate);
      expect(await bench.usersGet()).toBe(0);
    });

    it("goes step by step to the candidate, which users get as asked, and ends with it alone", async () => {
      await moves.reach({ kind: "deploy" });
      expect(await bench.usersGet()).toBe(0);
      for (const share of [...bench.shares, 100]) {
        await moves.reach({ kind: "share", share, by: bench.by });
        expect(Math.abs((await bench.usersGet()) - share), `at ${share} %`).toBeLessThanOrEqual(bench.within);
      }
      const last = await moves.reach({ kind: "promote" });
      expect(last).toMatchObject({ stable: bench.plan.candidate.id, candidate: null });
      expect(await bench.usersGet()).toBe(100);
    });

    it("goes back from any step, and again from where it is", async () => {
      await moves.reach({ kind: "deploy" });
      await moves.reach({ kind: "restore" });
      for (const share of [bench.shares[0] ?? 100, 100]) {
        await moves.reach({ kind: "deploy" });
        await moves.reach({ kind: "share", share, by: bench.by });
        const back = await moves.reach({ kind: "restore" });
        expect(back).toMatchObject({ stable: bench.plan.stable?.id, candidate: null, share: 0 });
        expect(await bench.usersGet()).toBe(0);
      }
    });

    it("does an effect once, whoever asks for it again", async () => {
      await moves.reach({ kind: "deploy" });
      const effect: TargetEffect = { kind: "share", share: bench.shares[0] ?? 100, by: bench.by };
      const before = await moves.reach(effect);
      const { mark } = before;
      if (mark === null) throw new Error("No mark was left.");
      await bench.open().apply(bench.plan, effect, mark);
      const after = await moves.settled();
      expect(shapeOf(after)).toEqual(shapeOf(before));
      expect(after.mark).toEqual(mark);
    });

    it("tells what it would be asked, where it does, and changes nothing by that", async () => {
      const target = bench.open();
      const before = await target.observe(bench.plan);
      const effect: TargetEffect = { kind: "share", share: bench.shares[0] ?? 100, by: bench.by };
      for (const request of (await target.requests?.(bench.plan, effect)) ?? [])
        expect(request).toMatch(/^\S.*$/);
      expect(await target.observe(bench.plan)).toEqual(before);
    });

    it("keeps the mark of the last write for other runs to see", async () => {
      const observed = await moves.reach({ kind: "deploy" });
      expect(observed.mark).toMatchObject({ rollout: bench.plan.rollout, number: 1, fencing: 1 });
    });

    it("shows a person's change as neither what was asked nor what was before", async () => {
      await moves.reach({ kind: "deploy" });
      await moves.reach({ kind: "share", share: bench.shares[0] ?? 100, by: bench.by });
      await bench.meddle();
      const seen = await moves.until(
        ({ settled, mark, ...now }) => settled && mark !== null && isNews(now, mark),
      );
      expect(seen.mark).not.toBeNull();
    });

    it("shows everybody who keeps automation off, until that is lifted", async () => {
      const off = { by: "maria", reason: "an incident", until: "2026-11-22T10:00:00.000Z" };
      await bench.open().keepOff(bench.plan, off);
      expect((await bench.open().observe(bench.plan)).handsOff).toEqual(off);
      await bench.open().keepOff(bench.plan, null);
      expect((await bench.open().observe(bench.plan)).handsOff).toBeNull();
    });

    it("refuses a write that was overtaken, or shows it to whoever overtook it", async () => {
      await moves.reach({ kind: "deploy" });
      const target = bench.open();
      const effect: TargetEffect = { kind: "share", share: bench.shares[0] ?? 100, by: bench.by };
      const mark = await moves.mark(effect, { fencing: 2, number: 3 });
      await target.apply(bench.plan, effect, mark);
      await moves.until((observed) => satisfied(bench.plan, effect, observed));
      const stale = await moves.mark({ kind: "restore" }, { fencing: 1, number: 2 });
      const late = target.apply(bench.plan, { kind: "restore" }, stale);
      if (target.traits.fenced) {
        await expect(late).rejects.toMatchObject({ reasonCode: "overtaken" });
        expect((await moves.settled()).mark).toEqual(mark);
      } else {
        await late;
        expect((await moves.settled()).mark).toMatchObject({ fencing: 1, number: 2 });
      }
    });
  });
}

type Moves = ReturnType<typeof movesOf>;

function movesOf(bench: TargetBench) {
  let number = 0;
  const observe = () => bench.open().observe(bench.plan);

  const until = async (wanted: (observed: Observed) => boolean): Promise<Observed> => {
    const end = performance.now() + (bench.patienceMs ?? 20_000);
    let last = await observe();
    while (!wanted(last)) {
      if (performance.now() > end) throw new Error(`Not reached: ${JSON.stringify(last)}`);
      await sleep(50);
      last = await observe();
    }
    return last;
  };

  const mark = async (effect: TargetEffect, { fencing = 1, number: given = 0 } = {}): Promise<Mark> => {
    const from = shapeOf(await observe());
    const { rollout } = bench.plan;
    return { rollout, fencing, number: given, from, to: shapeAfter(bench.plan, effect, from) };
  };

  /** As a driver does: observe, compare, apply, verify; asked again where the target came to rest short of it. */
  const reach = async (effect: TargetEffect): Promise<Observed> => {
    number += 1;
    const wanted = await mark(effect, { number });
    const target = bench.open();
    await target.apply(bench.plan, effect, wanted);
    const end = performance.now() + (bench.patienceMs ?? 20_000);
    while (true) {
      const observed = await target.observe(bench.plan);
      if (satisfied(bench.plan, effect, observed)) return observed;
      if (performance.now() > end) throw new Error(`${JSON.stringify(effect)}: ${JSON.stringify(observed)}`);
      if (observed.settled) await target.apply(bench.plan, effect, wanted);
      await sleep(50);
    }
  };
  return { reach, until, mark, settled: () => until(({ settled }) => settled) };
}

function isNews(now: Shape, { from, to }: Mark): boolean {
  return !sameShape(now, from) && !sameShape(now, to);
}

function shapeOf({ stable, candidate, share }: Shape): Shape {
  return { stable, candidate, share };
}
