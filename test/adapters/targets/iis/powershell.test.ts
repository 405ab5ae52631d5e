import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { setOf } from "../../../../adapters/targets/iis-arr/change-set.ts";
import { questions } from "../../../../adapters/targets/iis-arr/host.ts";
import { poolTo } from "../../../../adapters/targets/iis-arr/operations.ts";
import {
  limitOf,
  type PowerShellSettings,
  powerShell,
} from "../../../../adapters/targets/iis-arr/powershell.ts";
import { weights } from "./samples.ts";

/** A process in the place of Windows PowerShell, which prints what it was started with. */
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-powershell-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ports(body: string, limitSeconds?: PowerShellSettings["limitSeconds"]) {
  const file = join(folder, "stand-in.mjs");
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";\nconst words = process.argv.slice(2);\n${body}\n`,
  );
  chmodSync(file, 0o755);
  const program = { file: process.execPath, words: [file] };
  return powerShell({
    ...{ script: "C:\\apply.ps1", endpoint: "AdaptiveDeploy", program },
    ...(limitSeconds === undefined ? {} : { limitSeconds }),
  });
}
const document = setOf([poolTo('größer "; rm', "stopped")], "C:\\state", 3);

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

  it("gives up on a machine that hangs, and names it", async () => {
    const { run } = ports("setInterval(() => undefined, 1000);", () => 0.2);
    await expect(run({ host: "web1", verb: "apply", document })).rejects.toMatchObject({
      reasonCode: "target-unavailable",
      message: "web1 does not answer within 0.2 s.",
    });
  });

  it("waits for a look far shorter than a lease lasts, and for a change as long as its own waits", () => {
    const [question] = [...questions(weights(1, 1), []).values()];
    if (question === undefined) throw new TypeError("There is no machine.");
    expect(limitOf({ host: "web1", verb: "observe", document: question })).toBe(60);
    expect(limitOf({ host: "web1", verb: "apply", document })).toBe(60 + 120);
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
