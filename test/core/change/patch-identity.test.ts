import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patchIdentity, patchPieces } from "../../../core/change/patch-identity.ts";
import {
  commitFiles,
  type Files,
  git,
  type SmallRepository,
  smallRepository,
} from "../../emulated/small-repository.ts";

/** git's own sum of the pieces: proof that the pieces are the ones that git digests. */
function gitSum(pieces: readonly string[]): string {
  const sum = new Uint8Array(20);
  for (const piece of pieces) {
    const digest = createHash("sha1").update(piece).digest();
    let carry = 0;
    for (const [index, byte] of digest.entries()) {
      carry += (sum[index] ?? 0) + byte;
      sum[index] = carry & 0xff;
      carry >>= 8;
    }
  }
  return Buffer.from(sum).toString("hex");
}

function gitPatchId(diff: string): string {
  return (
    execFileSync("git", ["patch-id", "--verbatim"], { input: diff, encoding: "utf8" })
      .split(" ")[0]
      ?.trim() ?? ""
  );
}

/** Seeded, so that a failure comes again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = [
  "",
  "a",
  " a",
  "a ",
  "\ta",
  "-- a",
  "++ b",
  "@@ -1 +1 @@",
  "diff --git",
  "é",
  "a\r",
  "\\ No",
  "index 1..2",
];
const paths = ["a.txt", "b c.txt", "d/e.ts", "ü.md", "f"];

function randomText(random: (below: number) => number): string {
  const lines = Array.from({ length: random(14) }, () => words[random(words.length)] ?? "");
  return lines.join("\n") + (random(3) === 0 ? "" : "\n");
}

function randomFiles(random: (below: number) => number): Files {
  return Object.fromEntries(paths.map((path) => [path, random(4) === 0 ? null : randomText(random)]));
}

let repository: SmallRepository;
beforeAll(() => {
  repository = smallRepository();
});
afterAll(() => repository.remove());
const diffOf = (...more: string[]) => {
  const text = git(repository.folder, "diff", "--no-color", ...more);
  return text === "" ? "" : `${text}\n`;
};

describe("against git patch-id --verbatim", () => {
  test("random diffs: the same pieces, and one identity exactly where git gives one id", () => {
    const random = chance(20260321);
    const idOfIdentity = new Map<string, string>();
    const identityOfId = new Map<string, string>();
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      commitFiles(repository.folder, `Round ${round}`, randomFiles(random));
      for (const options of [["-M"], ["--no-renames", "-U1"]]) {
        const diff = diffOf(...options, "HEAD~1", "HEAD");
        if (diff === "") continue;
        const pieces = patchPieces(diff);
        if (pieces === undefined) throw new Error(`No pieces of:\n${diff}`);
        const id = gitPatchId(diff);
        expect(gitSum(pieces), diff).toBe(id);
        const identity = patchIdentity(diff) ?? "";
        expect(idOfIdentity.get(identity) ?? id, diff).toBe(id);
        expect(identityOfId.get(id) ?? identity, diff).toBe(identity);
        idOfIdentity.set(identity, id);
        identityOfId.set(id, identity);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  test("modes, renames and empty files", () => {
    commitFiles(repository.folder, "Before", {
      "x/one": "1\n2\n3\n4\n5\n",
      "x/two": "two\n",
      "x/three": "3\n",
    });
    git(repository.folder, "mv", "x/one", "x/moved");
    git(repository.folder, "update-index", "--chmod=+x", "x/two");
    commitFiles(repository.folder, "Renamed", { "x/empty": "", "x/three": "three\n" });
    const diff = diffOf("-M", "HEAD~1", "HEAD");
    expect(diff).toContain("rename from");
    expect(gitSum(patchPieces(diff) ?? [])).toBe(gitPatchId(diff));
  });
});

const patch = [
  "diff --git a/f b/f",
  "index 1111111..2222222 100644",
  "--- a/f",
  "+++ b/f",
  "@@ -1,2 +1,2 @@",
  " kept",
  "-old",
  "+new",
  "",
].join("\n");

describe("the identity of a patch", () => {
  test("does not change with place, objects or heading", () => {
    const moved = patch
      .replace("@@ -1,2 +1,2 @@", "@@ -9,2 +19,2 @@ function f() {")
      .replace("1111111", "3333333");
    expect(patchIdentity(moved)).toBe(patchIdentity(patch));
    expect(patchIdentity(patch)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["a blank", patch.replace("+new", "+new ")],
    ["an indentation", patch.replace("+new", "+\tnew")],
    ["a line ending", patch.replace("+new", "+new\r")],
    ["context", patch.replace(" kept", " left")],
    ["the path", patch.replaceAll("/f", "/g")],
    ["the end of the file", `${patch}\\ No newline at end of file\n`],
  ])("changes with %s", (_, other) => {
    expect(patchIdentity(other)).toBeDefined();
    expect(patchIdentity(other)).not.toBe(patchIdentity(patch));
  });

  test("two files count in any order", () => {
    const second = patch.replaceAll("/f", "/g");
    expect(patchIdentity(patch + second)).toBe(patchIdentity(second + patch));
    expect(patchIdentity(patch + second)).not.toBe(patchIdentity(patch));
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html>\n"],
    ["a cut hunk", patch.replace("+new\n", "")],
    ["a cut line", patch.slice(0, -1)],
    ["names without a hunk", patch.slice(0, patch.indexOf("@@"))],
    ["one name", patch.slice(0, patch.indexOf("+++"))],
    ["a binary file", "diff --git a/p b/p\nindex 1..2 100644\nBinary files a/p and b/p differ\n"],
    ["a binary patch", "diff --git a/p b/p\nindex 1..2 100644\nGIT binary patch\nliteral 1\n"],
    ["a binary file behind a text", `${patch}diff --git a/p b/p\nBinary files a/p and b/p differ\n`],
    ["bytes that are no text", patch.replace("+new", "+\ufffd")],
    ["a zero byte, at which git stops reading the line", patch.replace("+new", "+n\0ew")],
    ["more lines than the header says", `${patch}+more\n`],
    ["words behind the patch", `${patch}-- \n2.39\n`],
  ])("is unknown for %s", (_, diff) => {
    expect(patchIdentity(diff)).toBeUndefined();
  });
});
