import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { turns } from "../../../app/inbox/turns.ts";

const idle = (): boolean => false;

describe("turns of installations", () => {
  test("five hundred lanes of one let another's first lane be second", () => {
    const queue = turns();
    for (let index = 0; index < 500; index += 1) queue.add(`busy#${index}`, 1);
    queue.add("quiet#1", 2);
    expect(queue.take(idle)?.lane).toBe("busy#0");
    expect(queue.take(idle)?.lane).toBe("quiet#1");
    expect(queue.take(idle)?.lane).toBe("busy#1");
  });

  test("a lane that is busy waits and keeps its place", () => {
    const queue = turns();
    queue.add("a#1", 1);
    queue.add("a#2", 1);
    expect(queue.take((lane) => lane === "a#1")?.lane).toBe("a#2");
    expect(queue.take((lane) => lane === "a#1")).toBeUndefined();
    expect(queue.take(idle)?.lane).toBe("a#1");
    expect(queue.size()).toBe(0);
  });

  test("an installation that has enough under way lets the others pass, and keeps its place", () => {
    const queue = turns();
    queue.add("busy#1", 1);
    queue.add("quiet#1", 2);
    const isFull = (installation: number | null): boolean => installation === 1;
    expect(queue.take(idle, isFull)).toEqual({ lane: "quiet#1", installation: 2 });
    expect(queue.take(idle, isFull)).toBeUndefined();
    expect(queue.take(idle)).toEqual({ lane: "busy#1", installation: 1 });
  });

  test("every lane comes once, and nobody waits for more than one turn of each other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ installation: fc.integer({ min: 1, max: 5 }), lane: fc.nat(20) })),
        (added) => {
          const queue = turns();
          for (const { installation, lane } of added) queue.add(`${installation}#${lane}`, installation);
          const taken: string[] = [];
          for (let next = queue.take(idle); next !== undefined; next = queue.take(idle))
            taken.push(next.lane);
          const wanted = new Set(added.map(({ installation, lane }) => `${installation}#${lane}`));
          expect(new Set(taken)).toEqual(wanted);
          expect(taken).toHaveLength(wanted.size);
          const owners = taken.map((lane) => lane.split("#")[0]);
          owners.forEach((owner, index) => {
            const next = owners.indexOf(owner, index + 1);
            if (next < 0) return;
            const between = owners.slice(index + 1, next);
            expect(new Set(between).size).toBe(between.length);
          });
        },
      ),
    );
  });
});
