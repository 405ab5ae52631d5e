import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inOrder, nextOf, sizeOf } from "../../../../adapters/targets/ota/cohorts.ts";

const shares = [1, 5, 20, 100];
const nobody = new Set<string>();
const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 300 });
const fleetOf = (all: readonly string[], pinned: readonly string[] = [], offered = nobody) => ({
  ids: all,
  pinned,
  offered,
  salt: "shop",
});
const cohort = (all: readonly string[], share: number, pinned: readonly string[] = []) =>
  nextOf(fleetOf(all, pinned), share);

describe("cohorts", () => {
  it("contain each other, and the last one is everybody", () => {
    fc.assert(
      fc.property(ids, (all) => {
        const cohorts = shares.map((share) => cohort(all, share));
        for (const [index, larger] of cohorts.slice(1).entries())
          expect(larger.slice(0, cohorts[index]?.length)).toEqual(cohorts[index]);
        expect([...(cohorts.at(-1) ?? [])].sort()).toEqual([...all].sort());
      }),
    );
  });

  it("are never larger than their share, but for one device", () => {
    fc.assert(
      fc.property(ids, fc.double({ min: 0.01, max: 100, noNaN: true }), (all, share) => {
        const size = sizeOf(fleetOf(all), share);
        expect(size).toBeGreaterThanOrEqual(1);
        expect(size).toBeLessThanOrEqual(Math.max(1, (all.length * share) / 100 + 1e-6));
      }),
    );
    expect(sizeOf(fleetOf(["a", "b"]), 0)).toBe(0);
    const hundred = Array.from({ length: 100 }, (_, index) => `device-${index}`);
    expect(sizeOf(fleetOf(hundred), 29)).toBe(29);
  });

  it("begin with the test devices that the fleet has, all of them and as named", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 9 }), (all, count) => {
        const pinned = all.slice(0, count).toReversed();
        const first = cohort(all, 1, [...pinned, ...pinned, "not of this fleet, and too long for it"]);
        expect(first.slice(0, pinned.length)).toEqual(pinned);
      }),
    );
  });

  it("keep their order when devices join or leave", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 50 }), (all, joining) => {
        const before = all.slice(joining);
        const known = new Set(before);
        const later = inOrder(fleetOf(all)).filter((id) => known.has(id));
        expect(later).toEqual(inOrder(fleetOf(before)));
      }),
    );
  });

  it("offer a grown fleet only what is missing, to nobody twice", () => {
    fc.assert(
      fc.property(ids, ids, fc.constantFrom(...shares), (before, joining, share) => {
        const offered = new Set(cohort(before, share));
        const all = [...new Set([...before, ...joining])];
        const more = nextOf(fleetOf(all, [], offered), share);
        expect(more.filter((id) => offered.has(id))).toEqual([]);
        expect(offered.size + more.length).toBe(Math.max(offered.size, sizeOf(fleetOf(all), share)));
      }),
    );
  });

  it("do not depend on the order in which a server lists its devices", () => {
    fc.assert(
      fc.property(ids, (all) => {
        expect(cohort(all.toReversed(), 20)).toEqual(cohort(all, 20));
      }),
    );
  });

  it("differ between services, and are the same for ever", () => {
    const all = Array.from({ length: 200 }, (_, index) => `device-${String(index + 1).padStart(3, "0")}`);
    expect(cohort(all, 1)).toEqual(pinnedBelow.shop);
    expect(nextOf({ ...fleetOf(all), salt: "till" }, 1)).toEqual(pinnedBelow.till);
  });
});

/** Who would change these moves devices of rollouts that are under way. */
const pinnedBelow = { shop: ["device-124", "device-169"], till: ["device-200", "device-128"] };
