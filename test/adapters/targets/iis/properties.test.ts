import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { iisArr } from "../../../../adapters/targets/iis-arr.ts";
import { UserError } from "../../../../core/errors.ts";
import type { TargetEffect } from "../../../../core/rollout/effect.ts";
import { type IisModel, startModel } from "./model.ts";
import { batches, driving, planFor, share, stable, swap, weights } from "./samples.ts";

/** Whatever is asked, in whatever order, by runners that die: what users would notice never happens. */

const settings = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
    )
    .map(([blue, green, controllers, shared]) => weights(blue, green, controllers, shared)),
  fc.integer({ min: 1, max: 3 }).map(swap),
  fc
    .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 2 }))
    .filter(([servers, atOnce]) => atOnce < servers)
    .map(([servers, atOnce]) => batches(servers, atOnce)),
);
const anyShare = fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100);
type Asked = { kind: "deploy" | "promote" | "restore" } | { kind: "share"; of: number };
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.constantFrom("deploy" as const, "promote" as const, "restore" as const).map((kind) => ({ kind })),
  anyShare.map((of) => ({ kind: "share" as const, of })),
);

function started(of: ReturnType<typeof swap>) {
  const model = startModel(of, stable.id);
  const target = iisArr(of, model.ports);
  const plan = planFor(of, [100]);
  const effectOf = (one: Asked): TargetEffect =>
    one.kind === "share" ? share(of.layout === "swap" ? 100 : one.of, of) : { kind: one.kind };
  return { model, target, plan, driver: driving(target, plan), effectOf };
}

/** Refusals and dead runners are part of it; a schema that IIS would not take is not. */
async function tolerated(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).not.toMatch(/\((schema|conflict|absent|failed|not-[\w-]+)\)/);
    return false;
  }
}

const weightsOf = ({ machines }: IisModel): number[] =>
  [...machines.values()].flatMap(({ configuration }) =>
    [...configuration.farms.values()].flatMap((farm) => [...farm.values()]),
  );

describe("any effects, with runners that die between any two operations", () => {
  it("never leave a farm empty, a live binding with nobody or with two, a pool stopped under requests, a weight below 1", () =>
    fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(fc.tuple(asked, fc.option(fc.integer({ min: 0, max: 25 }))), { minLength: 1, maxLength: 8 }),
        async (of, wanted) => {
          const { model, driver, effectOf } = started(of);
          for (const [one, dieAfter] of wanted) {
            model.dieAfter = dieAfter;
            await tolerated(driver.apply(effectOf(one)));
            model.dieAfter = null;
            expect(model.violations).toEqual([]);
            expect(weightsOf(model).every((weight) => Number.isInteger(weight) && weight >= 1)).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    ));

  it("are taken back by one restore, wherever the last runner died", () =>
    fc.assert(
      fc.asyncProperty(settings, anyShare, fc.integer({ min: 0, max: 40 }), async (of, part, dieAfter) => {
        const { model, target, plan, driver, effectOf } = started(of);
        await driver.apply({ kind: "deploy" });
        model.dieAfter = dieAfter;
        await tolerated(driver.apply(effectOf({ kind: "share", of: part })));
        model.dieAfter = null;
        await driver.apply({ kind: "restore" }, 2);
        expect(await target.observe(plan)).toMatchObject({
          stable: stable.id,
          candidate: null,
          share: 0,
          settled: true,
        });
        expect(model.violations).toEqual([]);
      }),
      { numRuns: 100 },
    ));

  it("never look settled while one is half done", () =>
    fc.assert(
      fc.asyncProperty(settings, anyShare, fc.integer({ min: 1, max: 60 }), async (of, part, dieAfter) => {
        const { model, target, plan, driver, effectOf } = started(of);
        await driver.apply({ kind: "deploy" });
        model.dieAfter = dieAfter;
        const whole = await tolerated(driver.apply(effectOf({ kind: "share", of: part })));
        model.dieAfter = null;
        const begun = (await target.observe(plan)).mark?.number === 2;
        expect((await target.observe(plan)).settled).toBe(whole || !begun);
      }),
      { numRuns: 100 },
    ));
});

describe("one effect", () => {
  it("applied twice is as if applied once, and is what was asked for", () =>
    fc.assert(
      fc.asyncProperty(settings, anyShare, async (of, part) => {
        const { model, target, plan, driver, effectOf } = started(of);
        await driver.apply({ kind: "deploy" });
        const effect = effectOf({ kind: "share", of: part });
        const mark = await driver.apply(effect);
        await target.observe(plan);
        expect(await target.observe(plan)).toMatchObject({ ...mark.to, settled: true });
        const once = model.picture();
        await target.apply(plan, effect, mark);
        await driver.apply(effect);
        expect(model.picture()).toEqual(once);
      }),
      { numRuns: 100 },
    ));

  it("is undone by the sets that were stored before it, also where its runner died", () =>
    fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(asked, { maxLength: 3 }),
        asked,
        fc.option(fc.integer({ min: 0, max: 60 })),
        async (of, earlier, last, dieAfter) => {
          const { model, target, plan, driver, effectOf } = started(of);
          await driver.apply({ kind: "deploy" });
          for (const one of earlier) await tolerated(driver.apply(effectOf(one)));
          const before = model.picture();
          const number = (await target.observe(plan)).mark?.number ?? 0;
          model.dieAfter = dieAfter;
          await tolerated(driver.apply(effectOf(last)));
          model.dieAfter = null;
          const after = (await target.observe(plan)).mark?.number ?? 0;
          if (after !== number) model.undo(plan.rollout, after);
          expect(model.picture()).toEqual(before);
        },
      ),
      { numRuns: 150 },
    ));
});
