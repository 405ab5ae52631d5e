import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLog, parseNumstat, parseRaw } from "../../../adapters/git/log.ts";
import { splitter } from "../../../adapters/git/patches.ts";
import { slidingCounts } from "../../../adapters/git/sliding.ts";

describe("cutting many patches into one a file", () => {
  const section = fc.constantFrom(
    "diff --git a/x b/x\nnew file mode 100644\n",
    "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-diff --git a/z b/z\n+ diff --git\n",
    "diff --git \n",
    "diff --git a/w b/w\n@@ -0,0 +1 @@\n+no end",
  );

  it("gives the same sections wherever the text is cut in pieces", () => {
    fc.assert(
      fc.property(
        fc.array(section, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 25 })),
        (sections, sizes) => {
          const whole = sections.map((text) => (text.endsWith("\n") ? text : `${text}\n`));
          const given: (string | undefined)[] = [];
          const split = splitter((text) => given.push(text));
          let rest = whole.join("");
          for (const size of sizes) {
            split.push(rest.slice(0, size));
            rest = rest.slice(size);
          }
          split.push(rest);
          split.end();
          expect(given).toEqual(
            whole.length ? whole.map((text, index) => (index < whole.length - 1 ? text : text)) : [],
          );
        },
      ),
    );
  });

  it("drops a section that is too large and goes on with the next", () => {
    const given: (string | undefined)[] = [];
    const split = splitter((text) => given.push(text));
    split.push("diff --git a b\n");
    for (let index = 0; index < 50; index += 1) split.push("+x\n".repeat(40_000));
    split.push("diff --git c d\n");
    split.end();
    expect(given).toEqual([undefined, "diff --git c d\n"]);
  });
});

describe("reading git's lists", () => {
  it("of raw entries, with what follows them", () => {
    const fields = [
      ":100644 100755 aa bb M",
      "a.ts",
      ":100644 100644 cc dd R086",
      "old",
      "new",
      "1\t2\ta.ts",
    ];
    expect(parseRaw(fields)).toEqual({
      files: [
        {
          path: "a.ts",
          status: "modified",
          oldMode: "100644",
          newMode: "100755",
          oldObject: "aa",
          newObject: "bb",
        },
        {
          path: "new",
          previousPath: "old",
          status: "renamed",
          oldMode: "100644",
          newMode: "100644",
          oldObject: "cc",
          newObject: "dd",
        },
      ],
      rest: 5,
    });
  });

  it("of counts, where a binary file has none", () => {
    expect(parseNumstat(["1\t2\ta.ts", "-\t-\timage.png", "0\t3\t", "old", "new"])).toEqual([
      { path: "a.ts", additions: 1, deletions: 2 },
      { path: "image.png" },
      { path: "new", previousPath: "old", additions: 0, deletions: 3 },
    ]);
  });

  it("of commits, and stops quietly where the text was cut", () => {
    const one = ["", "", "sha1", "p1 p2", "100", "Ada", "a@b", "subject\n\nbody", "\nentry", "second"];
    const two = ["", "", "sha2", "", "90", "Bob", "b@b", "other"];
    const text = [...one, ...two, ""].join("\0");
    expect(parseLog(text)).toMatchObject([
      {
        sha: "sha1",
        parents: ["p1", "p2"],
        committedAt: 100,
        subject: "subject",
        entries: ["entry", "second"],
      },
      { sha: "sha2", parents: [], entries: [] },
    ]);
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        expect(parseLog(text.slice(0, length)).length).toBeLessThanOrEqual(2);
      }),
    );
    expect(parseLog("")).toEqual([]);
  });
});

describe("slidingCounts", () => {
  it("equals counting afresh at every place", () => {
    const touch = fc.record({ step: fc.nat(5), paths: fc.uniqueArray(fc.constantFrom("a", "b", "c")) });
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 20 }), fc.nat(12), (steps, seconds) => {
        let at = 1000;
        const touches = steps.map(({ step, paths }) => {
          at -= step;
          return { at, paths };
        });
        const sliding = slidingCounts(touches, seconds, Number.NEGATIVE_INFINITY);
        for (let index = 0; index <= touches.length; index += 1) {
          const afresh = new Map<string, number>();
          const oldest = (touches[index]?.at ?? Number.NEGATIVE_INFINITY) - seconds;
          for (const { at: then, paths } of touches.slice(index)) {
            if (then < oldest) break;
            for (const path of paths) afresh.set(path, (afresh.get(path) ?? 0) + 1);
          }
          expect(new Map(sliding.at(index))).toEqual(afresh);
        }
      }),
    );
  });

  it("does not know where the window looks back further than the list does", () => {
    const touches = [{ at: 100, paths: ["a"] }];
    const known = new Map([["a", 1]]);
    expect(slidingCounts(touches, 10, 91).at(0)).toBeUndefined();
    expect(slidingCounts(touches, 10, 90).at(0)).toEqual(known);
    expect(slidingCounts(touches, 10, 0).at(1)).toBeUndefined();
    expect(slidingCounts(touches, 10, Number.POSITIVE_INFINITY).at(0)).toBeUndefined();
    expect(slidingCounts([...touches, { at: 50, paths: ["b"] }], 10, Number.POSITIVE_INFINITY).at(0)).toEqual(
      known,
    );
  });
});
