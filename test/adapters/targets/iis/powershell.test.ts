import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setOf } from "../../../../adapters/targets/iis-arr/change-set.ts";
import { powerShell } from "../../../../adapters/targets/iis-arr/powershell.ts";

/** A process in the place of Windows PowerShell, which prints what it was started with. */
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-powershell-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ports(body: string) {
  const file = join(folder, "stand-in.mjs");
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";\nconst words = process.argv.slice(2);\n${body}\n`,
  );
  chmodSync(file, 0o755);
  const program = { file: process.execPath, words: [file] };
  return powerShell({ script: "C:\\apply.ps1", endpoint: "AdaptiveDeploy", program });
}
const document = setOf([{ operation: "pool", pool: 'größer "; rm', state: "stopped" }], "C:\\state", 3);

describe("running the script", () => {
  it("hands the document over in a file, and removes that", async () => {
    const answer = await ports(
      `const file = words[words.indexOf("-Document") + 1];
       process.stdout.write("\\uFEFF" + JSON.stringify({ words, file, said: JSON.parse(readFileSync(file, "utf8")) }));`,
    ).run({ host: "web1.example.com", verb: "apply", document });
    expect(answer).toMatchObject({ said: document });
    const { words, file } = JSON.parse(JSON.stringify(answer));
    expect(words).toEqual([
      ...["C:\\apply.ps1", "-Verb", "apply", "-Document", file],
      ...["-ComputerName", "web1.example.com", "-Endpoint", "AdaptiveDeploy"],
    ]);
    expect(existsSync(file)).toBe(false);
  });

  it("fails with what it said where it fails", async () => {
    const run = ports(`console.error("Access is denied."); process.exit(1);`).run;
    await expect(run({ host: "web1", verb: "apply", document })).rejects.toThrow("Access is denied.");
  });

  it("starts nothing for what is no name of a machine", async () => {
    const file = join(folder, "started");
    const { run } = ports(`import("node:fs").then((fs) => fs.writeFileSync(${JSON.stringify(file)}, ""));`);
    for (const host of ["web1;calc", "-Verb", "a b", ""])
      await expect(run({ host, verb: "apply", document })).rejects.toMatchObject({
        reasonCode: "target-refused",
      });
    expect(existsSync(file)).toBe(false);
  });
});
