import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { mutants } from "../simulator/mutants.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** A simulator that finds nothing may be looking at nothing: each planted bug has to be found, with its replay. */
describe("a planted bug is found", () => {
  test.each(mutants)("$name", { timeout: 600_000 }, async ({ name, file, from }) => {
    expect(readFileSync(join(root, file), "utf8"), "the line that is changed").toContain(from);
    const arguments_ = [join(root, "test/simulator/mutate.ts"), name, "--seeds", "10000"];
    const said = await run(process.execPath, arguments_, { maxBuffer: 64 * 1024 * 1024 }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect(said.stdout).toMatch(/Seed \d+ breaks «[^»]+»: /);
    expect(said.stdout).toContain("npm run sim -- --from ");
    expect(said.code).toBe(1);
  });
});
