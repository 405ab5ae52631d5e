import { describe, expect, it } from "vitest";
import { documentText } from "../../cli/document.ts";
import { deriveKinds } from "../../core/change/kinds.ts";
import { readPatch } from "../../core/change/patch.ts";
import { code, inline, terminalLines, terminalText } from "../../core/render/escape.ts";

describe("a runner's log obeys no text of ours", () => {
  const hostile = "##[set-output name=allowed]true";

  it.each([
    ["terminal text", terminalText(hostile)],
    ["a code span", code(hostile)],
    ["a line of Markdown", inline(`touches ${hostile}`)],
    ["whole lines", terminalLines(`Note: ${hostile}`)],
    ["a document", documentText({ title: hostile })],
  ])("%s holds no command of the old form", (_, text) => {
    expect(text).not.toContain("##[");
  });

  it.each(["::set-output name=allowed::true", "   ::stop-commands::x", "fine\n\t::error::no"])(
    "no line begins a command: %j",
    (text) => {
      expect(terminalLines(text)).not.toMatch(/^\s*::/m);
    },
  );

  it("and a document still says the same", () => {
    expect(JSON.parse(documentText({ title: hostile }))).toEqual({ title: hostile });
  });
});

describe("a change of whitespace that changes meaning counts", () => {
  it.each([
    ["ops/clean.sh", "rm -rf /tmp/cache", "rm -rf / tmp/cache", 0],
    ["Dockerfile", "COPY a /srv/a", "COPY a / srv/a", 0],
    ["src/a.ts", "return left", "returnleft", 0],
    ["src/a.ts", "elseif (x)", "else if (x)", 0],
    ["src/a.ts", "  call( a,b )", "call(a, b)", 1],
    ["src/a.ts", "const  a = 1;", "const a=1;", 1],
  ])("%s: %j to %j leaves out %i", (path, before, after, left) => {
    const counts = readPatch(`@@ -1 +1 @@\n-${before}\n+${after}\n`, path);
    expect(counts).toMatchObject({ whitespaceAdditions: left, whitespaceDeletions: left });
  });
});

describe("a path too long for a glob", () => {
  const patterns = { db_schema: { paths: ["db/migrations/**"] }, hotfix: { titles: ["hotfix"] } };

  it("hides no kind that is told from paths, and claims none that is told from titles", () => {
    const files = [{ path: `db/migrations/${"x/".repeat(600)}V1.sql` }];
    expect(deriveKinds(files, "Change", patterns)).toMatchObject({ db_schema: true, hotfix: false });
  });
});
