import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "../simulator/main.ts");
const run = promisify(execFile);
const simulated = async (...given: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [main, ...given], { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
};

test("twenty thousand simulated worlds, on all cores", { timeout: 900_000 }, async () => {
  const said = await simulated("--from", "10001", "--seeds", "20000");
  expect(said).not.toContain("breaks «");
  expect(said).toMatch(/^20000 seeds, \d+ rollouts/m);
});

test("cores change nothing of what is found", { timeout: 120_000 }, async () => {
  const counted = async (cores: string): Promise<string | undefined> =>
    /^900 seeds, .* events/m.exec(await simulated("--seeds", "900", "--cores", cores))?.[0];
  const alone = await counted("1");
  expect(alone).toBeDefined();
  expect(await counted("3")).toBe(alone);
});
