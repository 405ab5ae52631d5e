import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("npm start rolls a good version out and a bad one back, and ends by itself where it is asked to", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/start.ts", "--once"], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    maxBuffer: 10_000_000,
  });
  const [, rollouts = ""] = stdout.split("Rollouts behind a weighted proxy");
  const [good = "", bad = ""] = rollouts.split("of which one request in ten fails");
  expect(good).toContain("step 4/4");
  expect(good).toContain("promoted · ended");
  expect(bad).toContain("People are told (incident): error-rate is worse");
  expect(bad).toContain("rolled back · ended");
  // At its first step.
  expect(bad).not.toContain("step 2/4");
});
