import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileLedger } from "../../adapters/ledgers/file.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { run } from "../../cli/ledger.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import type { Ledger } from "../../core/ports.ts";
import { type ApiServer, startApi } from "../app/api/api-server.ts";
import { event, headOf, production } from "../contracts/ledger-bench.ts";
import { withTerminal } from "./terminal.ts";

/** `ledger export` of the homes that an auditor has. */

const folder = mkdtempSync(join(tmpdir(), "ledger-export-"));
let server: ApiServer;
const hour = 3_600_000;
const ago = (hours: number): Partial<NewEvent> => ({
  at: new Date(Date.now() - hours * hour).toISOString(),
});

async function filled(ledger: Ledger): Promise<void> {
  const old = await ledger.append("changes", [event({ outcome: "old" }, ago(72))], null);
  await ledger.append("changes", [event({ outcome: "yesterday" }, ago(25))], headOf(old));
  await ledger.append(production, [event({ outcome: "now" }, ago(0.5))], null);
}

beforeAll(async () => {
  server = await startApi();
  await filled(fileLedger({ folder }));
  await filled(sqlLedger(server.database, "octo-org/shop"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const inFiles = (...words: string[]) =>
  withTerminal((terminal) => run(["export", ...words, "--folder", folder], terminal));
const outcomes = (text: string) =>
  text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line).body.outcome]));

describe("ledger export", () => {
  it.each<[string[], string[]]>([
    [[], ["old", "yesterday", "now"]],
    [
      ["--since", "2d"],
      ["yesterday", "now"],
    ],
    [["--since", "1h30m"], ["now"]],
    [["--since", "26h", "--until", "1h"], ["yesterday"]],
    [
      ["--since", new Date(Date.now() - 26 * hour).toISOString()],
      ["yesterday", "now"],
    ],
    [["--until", "2020-01-31"], []],
    [["changes"], ["old", "yesterday"]],
  ])("%j gives %j", async (words, expected) => {
    const { code, out } = await inFiles(...words);
    expect(code).toBe(0);
    expect(outcomes(out)).toEqual(expected);
  });

  it.each(["yesterday", "2026-13-01", "5 days", "12"])("--since %j says how it is spelt", async (since) => {
    await expect(inFiles("--since", since)).rejects.toMatchObject({
      reasonCode: "usage",
      message: expect.stringMatching(/ISO 8601.*a day, as in.*90s, 5m or 1h30m/),
    });
  });

  it("reads the App's ledger over HTTP, with a token of the environment, and its rows are the files'", async () => {
    const environment = {
      ADAPTIVE_DEPLOY_TOKEN: await server.jobToken(),
      GITHUB_SERVER_URL: "https://github.example.com",
    };
    const words = ["export", "--csv", "--url", server.url, "--repository", "octo-org/shop"];
    const { code, out } = await withTerminal((terminal) => run(words, terminal), environment);
    expect(code).toBe(0);
    const cut = (text: string) => text.split("\r\n").map((line) => line.split(",").slice(1, 18).join());
    expect(cut(out)).toEqual(cut((await inFiles("--csv")).out));
    await expect(
      withTerminal((terminal) => run(["export", "--url", server.url], terminal), environment),
    ).rejects.toMatchObject({ message: expect.stringContaining("--repository owner/name") });
  });

  it("says that a chain is broken, still gives its rows, and fails", async () => {
    const changes = join(folder, "changes");
    const [bucket = ""] = readdirSync(changes).filter((name) => !name.startsWith("."));
    const [first = ""] = readdirSync(join(changes, bucket)).sort();
    const path = join(changes, bucket, first);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("old", "odd"));
    const { code, out, note } = await inFiles("--csv");
    writeFileSync(path, text);
    expect(code).toBe(65);
    expect(note).toMatch(/Event 0 of changes .*edited.*marked as not verified/);
    const rows = out.trimEnd().split("\r\n");
    expect(rows).toHaveLength(4);
    expect(rows.slice(1).map((row) => /,(yes|no),"/.exec(row)?.[1])).toEqual(["no", "no", "yes"]);
  });
});
