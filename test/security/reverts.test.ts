import { afterEach, describe, expect, it } from "vitest";
import { decideOn, decisionOf, type Shop, startShop } from "../actions/shop.ts";
import { commitFiles, type Files, git } from "../emulated/small-repository.ts";

/** An exact revert skips gates, so it is worth forging. Policy here asks for an approval of everything. */

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const guard = Array.from({ length: 20 }, (_, index) => `export const line${index} = ${index};`);
const before = `${guard.join("\n")}\n`;
const after = before.replace("line7 = 7", "line7 = 8");
const asking = {
  ".github/adaptive-deploy/thresholds-and-windows.yaml":
    "schema-version: 1\ndefaults:\n  mode: enforced\n  approval: { from: 0 }\n",
};

type Landed = { title?: string; body?: string; message?: string; at?: string };

async function revertOf(landed: Landed, change: Files, body = "Reverts #50") {
  shop = await startShop({ ...asking, "src/guard.ts": before });
  const commit = commitFiles(shop.folder, landed.message ?? "Loosen", { "src/guard.ts": after });
  await shop.github.openPull("acme/shop", {
    number: 50,
    title: landed.title ?? "Loosen the guard",
    body: landed.body ?? null,
    author: "maria",
    head: "loosen",
    merged: { commit, at: landed.at ?? "2026-03-01T10:00:00Z" },
  });
  git(shop.folder, "checkout", "--quiet", "-B", "back");
  commitFiles(shop.folder, "Back", change);
  git(shop.folder, "checkout", "--quiet", "main");
  const pull = await shop.github.openPull("acme/shop", { title: "Back", author: "ben", head: "back", body });
  const payload = await shop.pullRequest(pull.number);
  return decisionOf(await decideOn(shop, "pull_request", payload)).decision;
}

const exact = { "src/guard.ts": before };

describe("a revert waits for no approval", () => {
  it("where it takes back a change that was merged lately, line for line", async () => {
    expect(await revertOf({}, exact)).toMatchObject({ allowed: true });
  });

  it.each<[string, Landed, Files]>([
    ["moves the file besides", {}, { "src/guard.ts": null, "src/guard.ts.off": before }],
    ["changes another file besides", {}, { ...exact, "src/pay.ts": "export const pay = 9;\n" }],
    ["takes back what was merged long ago", { at: "2025-06-01T10:00:00Z" }, exact],
    ["takes back a revert, and so lands again what was found wanting", { title: 'Revert "Tighten"' }, exact],
    ["takes back a revert that only its text tells", { body: "Reverts #41" }, exact],
    ["takes back a fix of a weakness that only a commit tells", { message: "Fix CVE-2026-1" }, exact],
    ["takes back a fix of a weakness that only its text tells", { body: "Closes a security hole" }, exact],
  ])("but waits where it %s", async (_, landed, change) => {
    expect(await revertOf(landed, change)).toMatchObject({ allowed: false, needs_approval: true });
  });

  it("but waits where it only says that it reverts", async () => {
    expect(await revertOf({}, { "src/guard.ts": before.replace("line9 = 9", "line9 = 0") })).toMatchObject({
      allowed: false,
    });
  });
});
