import { afterEach, beforeEach, expect, test } from "vitest";
import { createServiceToken } from "../../app/api/service-tokens.ts";
import { installedRepositories } from "../../app/installed.ts";
import { knownRepositories } from "../../app/known-repositories.ts";
import { freshDatabase } from "../database.ts";
import { startApi } from "./api/api-server.ts";
import { browserOf } from "./pages-browser.ts";
import { addDecision, addEvents, approval, decisionFixture, type Site, startSite } from "./pages-site.ts";
import { createOnGitHub, renameOnGitHub, startHub } from "./renamed.ts";

/** What somebody finds who comes into possession of a name: on the page, and with a token of the API. */
const shop = "acme/shop";
const closing: (() => Promise<void>)[] = [];
let clock: Date;
beforeEach(() => {
  clock = new Date();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const paths = (name: string) =>
  [`decisions/${decision.decision_id}`, "approvals", "approvals.csv", "ledger", "ledger.csv"].map(
    (page) => `/${name}/${page}`,
  );
const decision = decisionFixture("needs-approval");

async function startPages(): Promise<Site> {
  const site = await startSite();
  closing.push(site.close);
  await addDecision(site, shop, decision);
  await addEvents(site, shop, [approval(1, "dana", "private words")]);
  return site;
}

/** The App hears of a repository, as GitHub has it now. */
async function hear(site: Site, name: string): Promise<void> {
  const said = { name, id: site.github.repository(name).id };
  const around = { installation: 1, look: async () => said, warn: () => undefined };
  await knownRepositories(site.database, () => clock)(said, around);
}

const statuses = async (site: Site, name: string): Promise<number[]> => {
  const browser = browserOf(site);
  await browser.signIn("maria");
  return await Promise.all(paths(name).map(async (path) => (await browser.go(path)).status));
};

test("the page shows nothing of a repository whose name another one has, before and after that is heard of", async () => {
  const site = await startPages();
  await hear(site, shop);
  expect(await statuses(site, shop)).toEqual([200, 200, 200, 200, 200]);
  const former = site.github.repository(shop);
  createOnGitHub(site.github, former, shop);
  expect(await statuses(site, shop)).toEqual([404, 404, 404, 404, 404]);
  await hear(site, shop);
  expect(await statuses(site, shop)).toEqual([404, 200, 200, 200, 200]);
  const browser = browserOf(site);
  await browser.signIn("maria");
  for (const path of ["/", ...paths(shop), ...paths(`${shop}@${former.id}`), `/?repository=${shop}`])
    expect(await browser.text(path)).not.toMatch(
      new RegExp(`private words|${decision.decision_id}|@${former.id}`),
    );
});

test("the page shows a renamed repository under its new name alone", async () => {
  const site = await startPages();
  await hear(site, shop);
  renameOnGitHub(site.github, shop, "acme/store");
  await hear(site, "acme/store");
  expect(await statuses(site, "acme/store")).toEqual([200, 200, 200, 200, 200]);
  expect(await statuses(site, shop)).toEqual([404, 404, 404, 404, 404]);
  const browser = browserOf(site);
  await browser.signIn("maria");
  expect(await browser.text("/")).toContain("acme/store");
});

test("the API gives no ledger and no decision of the former one, and takes no token that was made for it", async () => {
  const { github, hub, installation, close } = await startHub();
  const database = await freshDatabase();
  const now = () => clock;
  const asking = { app: hub.app(), clientOf: hub.client, warn: () => undefined };
  const recognise = knownRepositories(database, now);
  const api = await startApi({ database, installed: installedRepositories({ ...asking, recognise }, now) });
  closing.push(api.close, close);
  const tokenFor = async (repository: string): Promise<string> => {
    const scopes = ["ledger:read", "decisions:read", "events:write"];
    const about = { name: "own", repository, scopes, days: 1, now: api.clock.now };
    return (await createServiceToken(database, about)).token;
  };
  const [own, all] = [await tokenFor(shop), await tokenFor("*")];
  const event = { repository: shop, stream: "changes", kind: "feedback", body: { words: "private words" } };
  expect((await api.call("POST", "/v1/events", { token: own, body: event })).status).toBe(201);
  await database.query(
    `insert into decisions (repository, decision_id, head, environment, decided_at, document)
     values ($1, $2, 'a', 'production', now(), $3)`,
    [shop, decision.decision_id, JSON.stringify(decision)],
  );
  const read = (token: string, path: string) => api.call("GET", path, { token });
  const ledger = `/v1/ledger/${shop}/changes`;
  expect((await read(own, ledger)).json.events).toHaveLength(1);
  const { id } = github.repository(shop);
  createOnGitHub(github, github.repository(shop), shop);
  clock = new Date(clock.getTime() + 61_000);
  expect((await read(all, ledger)).json).toMatchObject({ events: [], head: null });
  expect((await read(all, `/v1/decisions/${decision.decision_id}`)).status).toBe(404);
  expect((await read(own, ledger)).status).toBe(403);
  for (const token of [own, all])
    expect((await read(token, `/v1/ledger/${encodeURIComponent("acme")}/shop@${id}/changes`)).status).toBe(
      403,
    );
  expect(installation).toBeGreaterThan(0);
});
