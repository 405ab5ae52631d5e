import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { addLines } from "../../../adapters/files/add-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "lines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("adds to a file that is made with its folder, and leaves what stands there", async () => {
  const path = join(folder, "new", "h.jsonl");
  expect(await addLines(path, [])).toBe(path);
  expect(readFileSync(path, "utf8")).toBe("");
  await addLines(path, ["a"]);
  await addLines(path, ["b", "c"]);
  await addLines(path, []);
  expect(readFileSync(path, "utf8")).toBe("a\nb\nc\n");
});

it("begins a line of its own behind one that was left half-written", async () => {
  const path = join(folder, "torn.jsonl");
  writeFileSync(path, '{"a":1}\n{"b');
  await addLines(path, []);
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b');
  await addLines(path, ['{"c":1}']);
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b\n{"c":1}\n');
});

it("never mixes lines of many that add at the same moment", async () => {
  const path = join(folder, "many.jsonl");
  const lines = Array.from({ length: 40 }, (_, index) => String(index).padStart(2, "0").repeat(400_000));
  await Promise.all(lines.map((line) => addLines(path, [line])));
  const kept = readFileSync(path, "utf8").split("\n").filter(Boolean);
  expect(kept.sort()).toEqual(lines);
});

it("says where nothing can be written", async () => {
  mkdirSync(join(folder, "taken"));
  await expect(addLines(join(folder, "taken"), ["a"])).rejects.toMatchObject({ reasonCode: "cannot-write" });
  chmodSync(join(folder, "torn.jsonl"), 0o400);
  if (process.getuid?.() !== 0)
    await expect(addLines(join(folder, "torn.jsonl"), ["a"])).rejects.toThrow("cannot be added to");
});
