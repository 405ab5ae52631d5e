import * as fc from "fast-check";
import { expect, it } from "vitest";
import { changesFrom } from "../../../adapters/git/walk/changes.ts";
import { firstParents } from "../../../adapters/git/walk/first-parents.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { newWalk, walker } from "../../../core/learning/walk/walker.ts";
import { type Checkout, emptyCheckout } from "./checkout.ts";

const { weights } = shippedBundle("default");
const names = ["src/a.ts", "src/b.ts", "lib/c.ts"];

const edit = fc.record({
  file: fc.nat(2),
  kind: fc.constantFrom("insert", "insert", "delete", "replace", "indent", "rename", "remove", "merge"),
  at: fc.nat(30),
  lines: fc.integer({ min: 1, max: 4 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

/** Every line is unlike all others, so that there is one truth of who wrote it. */
function applyEdit(files: Map<string, string[]>, { file, kind, at, lines }: Edit, number: number): void {
  const name = [...files.keys()][file % Math.max(1, files.size)];
  const text = name === undefined ? undefined : files.get(name);
  const fresh = Array.from({ length: lines }, (_, index) => `statement(${number}, ${index});`);
  if (name === undefined || text === undefined || (kind === "merge" && files.size < 3)) {
    const free = names.find((one) => !files.has(one)) ?? `src/${number}.ts`;
    files.set(
      free,
      Array.from({ length: 12 }, (_, index) => `created(${number}, ${index});`),
    );
    return;
  }
  const place = at % (text.length + 1);
  if (kind === "delete") text.splice(place, lines);
  else if (kind === "replace") text.splice(place, lines, ...fresh);
  else if (kind === "indent")
    files.set(
      name,
      text.map((line, index) => (index >= place && index < place + lines ? `  ${line}` : line)),
    );
  else if (kind === "rename") {
    files.delete(name);
    files.set(`moved/${number}.ts`, [...text, `renamed(${number});`]);
  } else if (kind === "remove" && files.size > 1) files.delete(name);
  else text.splice(place, 0, ...fresh);
}

function commitAll(checkout: Checkout, files: ReadonlyMap<string, string[]>, known: Set<string>): void {
  for (const path of known) if (!files.has(path)) checkout.remove(path);
  known.clear();
  for (const [path, text] of files) {
    checkout.write(path, text.map((line) => `${line}\n`).join(""));
    known.add(path);
  }
  checkout.git("add", "-A");
  checkout.git("commit", "-q", "--allow-empty", "-m", "change");
}

function blamed(checkout: Checkout, path: string): string[] {
  const told = checkout.git(
    "blame",
    "-w",
    "--root",
    "--first-parent",
    "--line-porcelain",
    "HEAD",
    "--",
    path,
  );
  return told.split("\n").flatMap((line) => /^([0-9a-f]{40}) \d+ \d+/.exec(line)?.[1] ?? []);
}

it("who wrote each line is whom git blames, through edits, indentation, renames and merges", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 4, maxLength: 12 }), async (edits) => {
      const checkout = emptyCheckout();
      const files = new Map<string, string[]>();
      const known = new Set<string>();
      for (const [number, one] of edits.entries()) {
        const isMerge = one.kind === "merge" && number > 0;
        if (isMerge) checkout.git("checkout", "-q", "-b", `branch-${number}`);
        applyEdit(files, one, number);
        commitAll(checkout, files, known);
        if (!isMerge) continue;
        checkout.git("checkout", "-q", "main");
        checkout.merge(`branch-${number}`);
      }
      const state = newWalk(false);
      const take = walker({ weights, heuristic: weights }, state);
      const { git } = checkout.repository;
      const head = await checkout.repository.resolve("HEAD");
      for await (const change of changesFrom(git, await firstParents(git, head))) take(change);
      const owners = new Map<string, (string | undefined)[]>();
      for (const [path, runs] of state.ownership.runs()) {
        const lines: (string | undefined)[] = [];
        for (let at = 0; at < runs.length; at += 2)
          for (let left = runs[at] ?? 0; left > 0; left -= 1) lines.push(state.commits[runs[at + 1] ?? -1]);
        owners.set(path, lines);
      }
      expect([...owners.keys()].toSorted()).toEqual([...files.keys()].toSorted());
      for (const [path, text] of files)
        if (text.length > 0) expect(owners.get(path), path).toEqual(blamed(checkout, path));
    }),
    { numRuns: 12 },
  );
});
