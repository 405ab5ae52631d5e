import { spawn } from "node:child_process";
import { once } from "node:events";

/** A repository of many changes, written by `git fast-import`: edits of a few places in a few files, some of them fixes. */

const folders = 60;
const filesAFolder = 8;
const linesAtFirst = 120;
const people = 40;

/** The same numbers every time (mulberry32), so that two runs compare. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export async function makeRepository(folder: string, changes: number): Promise<void> {
  await ended(spawn("git", ["init", "-q", "--bare", "-b", "main", folder], { stdio: "inherit" }));
  const git = spawn("git", [`--git-dir=${folder}`, "fast-import", "--quiet"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const next = random(7);
  const upTo = (most: number): number => Math.floor(next() * most);
  const files = new Map<string, string[]>();
  for (let number = 0; number < changes; number += 1) {
    const touched = new Set<string>();
    // Most changes touch few files, and some folders are busier than others.
    for (let left = 1 + Math.floor(next() ** 3 * 9); left > 0; left -= 1)
      touched.add(`src/module${Math.floor(next() ** 2 * folders)}/file${upTo(filesAFolder)}.ts`);
    for (const path of touched) files.set(path, edited(files.get(path), number, upTo));
    if (!git.stdin.write(commitOf(number, touched, files, upTo))) await once(git.stdin, "drain");
  }
  git.stdin.end();
  await ended(git);
}

function edited(
  before: readonly string[] | undefined,
  number: number,
  upTo: (most: number) => number,
): string[] {
  const line = (index: number) => `  const value${index} = compute(${number}, ${index}, ${upTo(1000)});`;
  if (!before) return Array.from({ length: linesAtFirst }, (_, index) => line(index));
  const lines = [...before];
  for (let places = 1 + upTo(3); places > 0; places -= 1)
    lines.splice(upTo(lines.length), upTo(8), ...Array.from({ length: upTo(9) }, (_, index) => line(index)));
  return lines;
}

function commitOf(
  number: number,
  touched: ReadonlySet<string>,
  files: ReadonlyMap<string, readonly string[]>,
  upTo: (most: number) => number,
): string {
  const person = upTo(people);
  const who = `Person ${person} <person${person}@example.com> ${1_500_000_000 + number * 3600} +0000`;
  const title = `${number % 4 === 0 ? "Fix" : "Add"} value ${number}`;
  const parts = [`commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata ${title.length}\n${title}\n`];
  for (const path of touched) {
    const text = (files.get(path) ?? []).map((line) => `${line}\n`).join("");
    parts.push(`M 100644 inline ${path}\ndata ${text.length}\n${text}\n`);
  }
  return parts.join("");
}

async function ended(child: ReturnType<typeof spawn>): Promise<void> {
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`git ended with exit code ${code}`);
}
