import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installations } from "../../../adapters/github/installations.ts";
import { appConfiguration } from "../../../app/configuration.ts";
import { credentialsFile, haveCredentials } from "../../../app/setup/credentials.ts";
import { newAppAddress, webOf } from "../../../app/setup/manifest.ts";
import { eventsOf, permissionsOf } from "../../../app/setup/permissions.ts";
import { serveSetup } from "../../../app/setup/serve.ts";
import { type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";

let folder: string;
let github: EmulatedGitHub;
let server: Awaited<ReturnType<typeof serveSetup>>;
let made: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "setup-"));
  made = [];
  github = await startGitHub({ repositories: [] });
  server = await serveSetup({ folder, baseUrl: github.url, host: "127.0.0.1", port: 0 }, (slug) =>
    made.push(slug),
  );
});
afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await server.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

/** The page of step 2, for what was chosen on step 1. */
const confirmAddress = (more: string): string =>
  `${server.setupAddress.replace("/setup?", "/setup/confirm?")}${more}`;

async function begin(
  more = "&tier=observe",
): Promise<{ state: string; cookie: string; html: string; policy: string }> {
  const answer = await fetch(confirmAddress(more));
  expect(answer.status).toBe(200);
  const html = await answer.text();
  return {
    html,
    state: /\?state=([\w-]+)"/.exec(html)?.[1] ?? "",
    cookie: answer.headers.get("set-cookie") ?? "",
    policy: answer.headers.get("content-security-policy") ?? "",
  };
}
const back = (code: string, state: string, cookie: string): Promise<Response> =>
  fetch(`${server.url}/setup/callback?code=${code}&state=${state}`, {
    headers: { cookie: cookie.split(";")[0] ?? "" },
  });
const manifestOf = (html: string): unknown => {
  const value = /name="manifest" value="([^"]*)"/.exec(html)?.[1] ?? "";
  return JSON.parse(value.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&"));
};

test("from the page to credentials with which GitHub knows the App", async () => {
  const { html, state, cookie, policy } = await begin("&tier=advise&organisation=acme");
  expect(html).toContain(`action="${github.url}/organizations/acme/settings/apps/new?state=${state}"`);
  expect(policy).toContain(`form-action 'self' ${github.url}`);
  expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
  expect(manifestOf(html)).toMatchObject({
    hook_attributes: { url: `${server.url}/webhooks` },
    redirect_url: `${server.url}/setup/callback`,
    public: false,
    default_permissions: { checks: "write", pull_requests: "write", contents: "read" },
  });
  github.world.manifests.set("a-code", { slug: "acme-risk", permissions: {} });
  const answer = await back("a-code", state, cookie);
  const said = await answer.text();
  expect(answer.status).toBe(200);
  expect(said).toContain("/apps/acme-risk/installations/new");
  expect(said).not.toMatch(/PRIVATE KEY|emulated webhook secret|emulated client secret/);
  expect(made).toEqual(["acme-risk"]);
  expect((await stat(credentialsFile(folder))).mode & 0o777).toBe(0o600);
  const configuration = await appConfiguration({ ADAPTIVE_DEPLOY_DATA: folder, GITHUB_API_URL: github.url });
  const app = installations({ ...configuration, warn: () => undefined });
  expect(await app.identity()).toEqual({ id: configuration.appId, slug: "acme-risk" });

  const closed = await fetch(server.setupAddress);
  expect(closed.status).toBe(404);
  const before = await readFile(credentialsFile(folder), "utf8");
  github.world.manifests.set("another", { slug: "theirs" });
  expect((await back("another", state, cookie)).status).toBe(404);
  expect(await readFile(credentialsFile(folder), "utf8")).toBe(before);
});

test("the page is only for who knows the address that the terminal printed", async () => {
  expect((await fetch(`${server.url}/setup`)).status).toBe(403);
  expect((await fetch(`${server.url}/setup?key=guess`)).status).toBe(403);
  expect((await fetch(`${server.url}/setup/confirm?key=guess&tier=gate`)).status).toBe(403);
  expect((await fetch(server.setupAddress, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${server.url}/webhooks`, { method: "POST" })).status).toBe(503);
});

test("a code from elsewhere is refused: without the cookie, with another's, or with a state of one's own", async () => {
  github.world.manifests.set("theirs", { slug: "theirs" });
  const [mine, other] = [await begin(), await begin()];
  expect((await back("theirs", mine.state, "")).status).toBe(400);
  expect((await back("theirs", mine.state, other.cookie)).status).toBe(400);
  expect((await back("theirs", "theirs", mine.cookie)).status).toBe(400);
  expect((await back("..%2F..%2Fuser", mine.state, mine.cookie)).status).toBe(400);
  expect(github.requests).toEqual([]);
  expect(await haveCredentials(folder)).toBe(false);
});

test("a code that GitHub does not know, or an answer that is no App, leaves nothing behind", async () => {
  const first = await begin();
  expect((await back("stale", first.state, first.cookie)).status).toBe(502);
  const second = await begin();
  github.failNext({ operation: "apps/create-from-manifest", kind: "garbage", status: 201 });
  expect((await back("a-code", second.state, second.cookie)).status).toBe(502);
  expect(await haveCredentials(folder)).toBe(false);
});

test("the first page sends nothing to GitHub, and begins with the tier that may do least", async () => {
  const answer = await fetch(server.setupAddress);
  const html = await answer.text();
  expect(html).toContain('<form class="choices" method="get" action="/setup/confirm">');
  expect(html.match(/<form/g)).toHaveLength(1);
  expect(html).not.toContain("manifest");
  expect(html.match(/value="(\w+)" checked/g)).toEqual(['value="observe" checked']);
  expect(html).toContain("a policy in <code>shadow</code>.");
  expect(html).not.toContain("`");
  expect(answer.headers.get("set-cookie")).toBeNull();
  const [, style = ""] = /<link rel="stylesheet" href="([^"]+)"/.exec(html) ?? [];
  const sheet = await fetch(`${server.url}${style}`);
  expect([sheet.status, sheet.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
  expect(answer.headers.get("content-security-policy")).toContain("style-src 'self'");
});

test("what the second page says is what its one button sends", async () => {
  const { html } = await begin("&tier=propose&teams=1&organisation=acme");
  expect(html).toContain("Makes: <strong>propose</strong>, for <strong>acme</strong>.");
  expect(html.match(/<form/g)).toHaveLength(1);
  expect(manifestOf(html)).toMatchObject({
    default_permissions: permissionsOf("propose", { teams: true }),
    default_events: eventsOf("propose"),
  });
  for (const [name, level] of Object.entries(permissionsOf("propose", { teams: true })))
    expect(html).toMatch(new RegExp(`<code>${name}</code>[\\s\\S]{0,200}<div>${level}</div>`));
  const own = await begin("&tier=observe&organisation=");
  expect(own.html).toContain("Makes: <strong>observe</strong>, for your own account.");
  expect(own.html).toContain(`action="${github.url}/settings/apps/new?state=`);
  const [, again = ""] = /href="(\/setup\?[^"]+)"/.exec(html) ?? [];
  const back = await (await fetch(`${server.url}${again.replaceAll("&amp;", "&")}`)).text();
  expect(back).toContain('value="propose" checked');
  expect(back).toContain('value="acme"');
});

test("what stands in the address is data, and what was not understood makes no App", async () => {
  const organisation = await fetch(confirmAddress("&tier=gate&organisation=%22%3E%3Cscript%3E"));
  expect(organisation.status).toBe(400);
  const said = await organisation.text();
  expect(said).toContain("no organisation&#39;s name");
  expect(said).not.toMatch(/<script>|name="manifest"/);
  const tier = await fetch(confirmAddress("&tier=%3Cb%3E"));
  expect([tier.status, (await tier.text()).includes('name="manifest"')]).toEqual([400, false]);
});

test.each([
  [undefined, "https://github.com"],
  ["https://api.github.com", "https://github.com"],
  ["https://api.acme.ghe.com", "https://acme.ghe.com"],
  ["https://github.example.com/api/v3", "https://github.example.com"],
])("people use the GitHub of %s at %s", (api, web) => {
  expect(webOf(api)).toBe(web);
  expect(newAppAddress(api, undefined)).toBe(`${web}/settings/apps/new`);
});
