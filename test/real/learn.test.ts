import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Checkout, emptyCheckout, plainEnvironment } from "../adapters/git/checkout.ts";
import { adaptiveDeploy } from "../cli/command.ts";

/** Five thousand changes in a second: the reading is kept after so many. */
function longHistory(): Checkout {
  const checkout = emptyCheckout();
  const stream = Array.from({ length: 5_300 }, (_, number) => {
    const title = number % 7 === 3 ? `Fix part ${number}` : `Change part ${number}`;
    const text = Array.from(
      { length: 6 },
      (_unused, line) => `const value${line} = ${(number * (line + 3)) % 11};\n`,
    ).join("");
    const file = `src/part${number % 40}/${number % 3}.ts`;
    const when = 1_600_000_000 + number * 20_000;
    return `commit refs/heads/main\ncommitter Ada <ada@example.com> ${when} +0000\ndata ${title.length}\n${title}\nM 100644 inline ${file}\ndata ${text.length}\n${text}\n`;
  });
  checkout.gitWithInput(stream.join(""), "fast-import", "--quiet");
  return checkout;
}

test("one that was killed goes on where it was, and comes to the same", { timeout: 60_000 }, async () => {
  const { folder: repo } = longHistory();
  const state = join(repo, ".git/adaptive-deploy/walk/state.jsonl");
  const entry = join(import.meta.dirname, "../../cli/index.ts");
  const words = (to: string, ...more: string[]) => [
    "learn",
    "--repo",
    repo,
    "--base",
    "main",
    "--out",
    join(repo, to),
    ...more,
  ];
  const first = spawn(process.execPath, [entry, ...words("killed")], {
    env: plainEnvironment,
    stdio: "ignore",
  });
  const ended = once(first, "exit");
  while (!existsSync(state) && first.exitCode === null) await setTimeout(1);
  first.kill("SIGKILL");
  await ended;
  expect(existsSync(join(repo, "killed"))).toBe(false);
  const again = adaptiveDeploy(words("again"));
  expect(again.note).not.toContain("begins anew");
  expect(again.note).not.toMatch(/Read [1-4],\d{3} of/);
  adaptiveDeploy(words("fresh", "--checkpoint", "none"));
  for (const name of ["model.json", "changes.csv", "history.json"])
    expect(readFileSync(join(repo, "again", name), "utf8")).toBe(
      readFileSync(join(repo, "fresh", name), "utf8"),
    );
});
