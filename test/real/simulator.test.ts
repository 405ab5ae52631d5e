import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "../simulator/main.ts");
const run = promisify(execFile);

test("twenty thousand simulated worlds, on two cores", { timeout: 900_000 }, async () => {
  const halves = [10_001, 20_001].map((from) =>
    run(process.execPath, [main, "--from", String(from), "--seeds", "10000"], {
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: { stdout: string }) => error),
  );
  for (const { stdout } of await Promise.all(halves)) {
    expect(stdout).not.toContain("breaks «");
    expect(stdout).toMatch(/^10000 seeds, \d+ rollouts/m);
  }
});
