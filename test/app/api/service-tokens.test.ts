import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../../adapters/database/index.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import { runTokens } from "../../../app/tokens.ts";
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

describe("the command that makes one", () => {
  it("prints the token alone, and keeps it for the App", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tokens-"));
    const [out, notes]: string[][] = [[], []];
    const words =
      "create --name bot --repository octo-org/shop --scope facts:write --scope ledger:read".split(" ");
    const to = {
      out: (text: string) => void out?.push(text),
      note: (text: string) => void notes?.push(text),
    };
    await runTokens([...words, "--folder", folder], {}, to);
    expect(out?.join("")).toMatch(/^ad_[\w-]{43}\n$/);
    expect(notes?.join("")).toContain("octo-org/shop, facts:write ledger:read, until");
    const database = await openDatabase({ folder });
    expect(await database.query("select name from service_tokens", [])).toEqual([{ name: "bot" }]);
    await database.close();
    await rm(folder, { recursive: true });
  });

  it.each([["create"], ["remove"], ["create --what"]])(
    "says how it is used in place of %s",
    async (words) => {
      const to = { out: () => undefined, note: () => undefined };
      await expect(runTokens(words.split(" "), {}, to)).rejects.toThrow("npm run app:token -- create");
    },
  );
});
