import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../adapters/database/index.ts";
import { callerOfService, createServiceToken } from "../../../app/api/service-tokens.ts";
import { runRebuild } from "../../../app/rebuild.ts";
import { runTokens } from "../../../app/tokens.ts";
import { freshDatabaseFolder } from "../../database.ts";
import { type ApiServer, sha, startApi } from "./api-server.ts";

let server: ApiServer;
beforeAll(async () => {
  server = await startApi();
});
afterAll(() => server.close());

const make = async (scopes: string[], repository = "octo-org/shop", days = 30) =>
  (await createServiceToken(server.database, { name: "ci", repository, scopes, days, now: server.clock.now }))
    .token;
const streams = (repository = "octo-org/shop") => `/v1/ledger/${repository}/streams`;
const facts = { repository: "octo-org/shop", sha, facts: { schema_version: 1 } };

describe("a service token", () => {
  it("is kept as a hash alone, and its last use is noted", async () => {
    const token = await make(["ledger:read"], "Octo-Org/Shop");
    expect(token).toMatch(/^ad_[\w-]{43}$/);
    expect((await server.call("GET", streams(), { token })).status).toBe(200);
    const rows = await server.database.query("select * from service_tokens", []);
    expect(JSON.stringify(rows)).not.toContain(token.slice(3));
    expect(rows.at(-1)).toMatchObject({ last_used_at: server.clock.now, repository: "octo-org/shop" });
  });

  it("reads what its scopes and its repository name, and no more", async () => {
    const reader = await make(["ledger:read"]);
    const writer = await make(["facts:write"]);
    const everywhere = await make(["ledger:read"], "*");
    const status = async (token: string, path: string) => (await server.call("GET", path, { token })).status;
    expect(await status(reader, streams())).toBe(200);
    expect(await status(reader, streams("octo-org/till"))).toBe(403);
    expect(await status(writer, streams())).toBe(403);
    expect(await status(everywhere, streams("octo-org/till"))).toBe(200);
    expect(await status(everywhere, streams("octo-org/unheard"))).toBe(403);
    expect((await server.call("POST", "/v1/facts", { token: reader, body: facts })).json).toMatchObject({
      reason_code: "scope-missing",
      detail: expect.stringContaining("facts:write"),
    });
  });

  it("makes facts trusted only with the scope for it", async () => {
    for (const scopes of [["facts:write"], ["facts:write", "facts:trusted"]]) {
      const got = await server.call("POST", "/v1/facts", { token: await make(scopes), body: facts });
      expect([got.status, got.json.trusted]).toEqual([201, scopes.length > 1]);
    }
  });

  it("ends with its time, and a token that was never given is refused alike", async () => {
    const token = await make(["ledger:read"], "octo-org/shop", 1);
    const before = server.clock.now;
    server.clock.now = new Date(before.getTime() + 24 * 60 * 60 * 1000);
    const ended = await server.call("GET", streams(), { token });
    server.clock.now = before;
    const other = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    for (const wrong of [other, "ad_", `ad_${"' or 1=1".replaceAll(" ", "")}`, `${token}x`]) {
      const got = await server.call("GET", streams(), { token: wrong });
      expect([got.status, got.json]).toEqual([401, ended.json]);
    }
    expect(server.told).toEqual([]);
  });

  it.each([
    [{ scopes: [] }, "needs scopes"],
    [{ scopes: ["ledger:approve"] }, '"ledger:approve" is none'],
    [{ repository: "shop" }, "no repository"],
    [{ days: 0 }, "1 to 366 days"],
    [{ name: "a\nb" }, "A token's name"],
  ])("is not made of %j", async (more, says) => {
    const about = { name: "ci", repository: "*", scopes: ["ledger:read"], days: 1, now: new Date(), ...more };
    await expect(createServiceToken(server.database, about)).rejects.toThrow(says);
  });
});

describe("the command", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await freshDatabaseFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (words: string) => {
    const [out, notes]: [string[], string[]] = [[], []];
    const to = { out: (text: string) => void out.push(text), note: (text: string) => void notes.push(text) };
    await runTokens([...words.split(" "), "--folder", folder], {}, to);
    return { out: out.join(""), notes: notes.join("") };
  };

  it("makes a token, shows it without its text, and revokes it at once", { timeout: 60_000 }, async () => {
    const made = await run(
      "create --name bot --repository Octo-Org/shop --scope facts:write --scope ledger:read",
    );
    expect(made.out).toMatch(/^ad_[\w-]{43}\n$/);
    expect(made.notes).toContain("Octo-Org/shop, facts:write ledger:read, until");
    const database = await openDatabase({ folder });
    const token = made.out.trim();
    expect(await callerOfService(database, token, new Date())).toMatchObject({ actor: "token bot" });
    // Beside a running App the folder is not to be had, and that is said.
    await expect(run("list")).rejects.toThrow(/is held by process \d+ .*name a PostgreSQL/);
    await expect(runRebuild(["--folder", folder], {}, { out: () => {}, note: () => {} })).rejects.toThrow(
      "is held by process",
    );
    await database.close();

    const { out, notes } = await run("list");
    const [titles, row, ...rest] = out.trimEnd().split("\n");
    expect(titles).toBe("id\tname\trepository\tscopes\tcreated\tlast used\texpires\tstate");
    const at = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d";
    expect(row).toMatch(
      new RegExp(`^1\tbot\tocto-org/shop\tfacts:write ledger:read\t${at}\t${at}\t${at}\tgood$`),
    );
    expect(rest).toEqual([]);
    expect(notes).toContain("1 token,");
    expect(out + notes).not.toContain(token.slice(3, 20));

    expect((await run("revoke 1")).notes).toContain("Token 1, bot, is revoked");
    await expect(run("revoke 1")).rejects.toThrow('no token "1"');
    const kept = await run("list");
    expect(kept.out).toMatch(new RegExp(`^1\tbot\t.*\trevoked ${at}$`, "m"));
    const after = await openDatabase({ folder });
    await expect(callerOfService(after, token, new Date())).rejects.toThrow("not known");
    await after.close();
  });

  it.each([["remove"], ["create --what"], ["revoke"], ["list 1"], ["constructor"]])(
    "says how it is used in place of %s",
    async (words) => {
      const to = { out: () => undefined, note: () => undefined };
      await expect(runTokens(words.split(" "), {}, to)).rejects.toThrow("npm run app:token -- create");
    },
  );

  it("that rebuilds says what it found to change", async () => {
    const said: string[] = [];
    const to = { out: (text: string) => void said.push(text), note: (text: string) => void said.push(text) };
    await runRebuild(["--folder", folder], {}, to);
    expect(said).toEqual(["0 decisions: 0 added, 0 changed, 0 removed.\n"]);
    await expect(runRebuild(["now"], {}, to)).rejects.toThrow("npm run app:rebuild");
    const empty = join(folder, "empty");
    for (const words of [["--folder", empty], []])
      await expect(runRebuild(words, { ADAPTIVE_DEPLOY_DATA: empty }, to)).rejects.toThrow(
        `no database in the folder ${empty}`,
      );
    expect(existsSync(empty)).toBe(false);
    await runRebuild([], { ADAPTIVE_DEPLOY_DATA: folder }, to);
    expect(said).toHaveLength(2);
  });
});
