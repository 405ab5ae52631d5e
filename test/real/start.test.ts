import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

/** `npm start` where it cannot start: one sentence, and never the demo in the App's place. */

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function started(environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const env = { PATH: process.env.PATH, ADAPTIVE_DEPLOY_DATA: folder, ...environment };
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ["scripts/start.ts"],
      { cwd: root, env, timeout: 30_000 },
      (error, out, said) => resolve({ code: error?.code, said: out + said }),
    ),
  );
}

test("a misspelt variable starts nothing", async () => {
  const { code, said } = await started({ ADAPTIVE_DEPLOY_SETPU: "1" });
  expect(code).toBe(64);
  expect(said).toMatch(/^ADAPTIVE_DEPLOY_SETPU is not known\. Allowed are [^\n]*\n$/);
  expect(said).not.toContain("ADAPTIVE_DEPLOY_DEBUG");
});

test("a port that is taken is one sentence", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const { code, said } = await started({ ADAPTIVE_DEPLOY_SETUP: "1", PORT: String(port) });
  other.close();
  expect(code).toBe(64);
  expect(said).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken: [^\\n]*\\n$`));
});

test("a host without an address is one sentence", async () => {
  const { code, said } = await started({ ADAPTIVE_DEPLOY_SETUP: "1", HOST: "nowhere.invalid", PORT: "0" });
  expect(code).toBe(64);
  expect(said).toMatch(/^HOST is "nowhere\.invalid", a name without an address\. [^\n]*\n$/);
});
