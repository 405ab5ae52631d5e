import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { framing } from "../../../adapters/git/patch-log.ts";

const sha = (digit: string) => digit.repeat(40);
const header = (commit: string, title: string) =>
  `\0\0${commit}\0${sha("0")}\0${1_700_000_000}\0Ada\0ada@example.com\0${title}\n\0`;
const row = (path: string) => `:000000 100644 0000000 1234567 A\0${path}\0`;
const patch = (path: string, line: string) =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;

function read(text: string, sizes: Iterable<number>): unknown[] {
  const log = framing(true);
  const found: unknown[] = [];
  let rest = text;
  for (const size of sizes) {
    found.push(...log.push(rest.slice(0, size)));
    rest = rest.slice(size);
  }
  return [...found, ...log.push(rest), ...log.end()];
}

describe("telling commits of a log apart", () => {
  const text = [
    `${header(sha("1"), "One")}\n${row("a.ts")}${row("b.ts")}\0`,
    `${patch("a.ts", "1")}${patch("b.ts", "2")}`,
    header(sha("2"), "Empty"),
    `${header(sha("3"), "Three")}\n${row("c.ts")}\0${patch("c.ts", "\\0\\0")}`,
  ].join("");

  it("gives the same commits wherever the text is cut in pieces", () => {
    const whole = read(text, []);
    expect(whole).toMatchObject([
      { title: "One", files: [{ path: "a.ts" }, { path: "b.ts", patch: "@@ -0,0 +1 @@\n+2\n" }] },
      { title: "Empty", files: [] },
      { title: "Three", files: [{ path: "c.ts" }] },
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (sizes) => {
        expect(read(text, sizes)).toEqual(whole);
      }),
    );
  });

  it("reads a list of many files once and not for each piece", () => {
    const count = 600_000;
    const rows = Array.from({ length: count }, (_, index) => row(`src/folder/file${index}.ts`)).join("");
    const long = `${header(sha("1"), "Import")}\n${rows}\0`;
    const pieces = Array.from({ length: Math.ceil(long.length / 65_536) }, () => 65_536);
    expect(read(long, pieces)).toMatchObject([{ files: { length: count } }]);
  });
});
