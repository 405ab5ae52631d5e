import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepFacts } from "../../app/kept-facts.ts";
import { cookiesFor } from "../../app/pages/cookies.ts";
import { html } from "../../app/pages/html.ts";
import { createPages } from "../../app/pages/index.ts";
import { pagePath } from "../../app/pages/paths.ts";
import { secretsFrom } from "../../app/pages/secrets.ts";
import { localPath } from "../../app/pages/sign-in.ts";
import { browserOf, viaGitHub } from "./pages-browser.ts";
import {
  addDecision,
  addEvents,
  addParked,
  approval,
  decisionFixture,
  head,
  type Site,
  startSite,
} from "./pages-site.ts";

let site: Site;
const needsApproval = decisionFixture("needs-approval");
const hostile = decisionFixture("hostile");
const secret = decisionFixture("low", { decision_id: "only-maria-reads-this" });
const onMain = `/acme/shop/decisions/${needsApproval.decision_id}`;

beforeAll(async () => {
  site = await startSite();
  await addDecision(site, "acme/shop", needsApproval);
  await addDecision(site, "acme/shop", hostile);
  await addDecision(site, "acme/secret", secret);
  await addEvents(site, "acme/shop", [
    approval(1, "dana", "=cmd|'/c calc'!A1"),
    approval(2, "lee", "<script>alert(1)</script>"),
    {
      kind: "revocation",
      at: "2026-11-21T13:30:00Z",
      actor: "dana",
      body: { pointer: { kind: "comment", repository: "acme/shop", id: 1 } },
    },
  ]);
  await addParked(site, { repository: "acme/shop", error: "<b>502</b> of shop", payload: "payload-of-shop" });
  await addParked(site, { repository: "acme/secret", error: "error of secret" });
  await addParked(site, { repository: null, error: "error of the installation" });
});
afterAll(() => site.close());

async function signedIn(login: string) {
  const browser = browserOf(site);
  await browser.signIn(login);
  return browser;
}

describe("the escaping template", () => {
  test.each([
    ["text", html`<p>${"<img src=x onerror=alert(1)>"}</p>`, "<p>&lt;img src=x onerror=alert(1)&gt;</p>"],
    ["attributes", html`<a title="${`"'><b>`}">`, '<a title="&quot;&#39;&gt;&lt;b&gt;">'],
    ["ampersands, once", html`${"&lt;"}`, "&amp;lt;"],
    ["lists", html`<ul>${["a<", html`<li>`]}</ul>`, "<ul>a&lt;<li></ul>"],
    ["what is absent", html`[${undefined}${null}${false}${0}]`, "[0]"],
    ["control characters", html`${"a\u0000b\u202ec"}`, "a b\ufffdc"],
  ])("%s", (_, made, expected) => expect(made.text).toBe(expected));

  test("cuts what is endless", () => expect(html`${"x".repeat(1_000_000)}`.text.length).toBeLessThan(2100));
});

describe("paths", () => {
  test.each([
    "/webhooks",
    "/health/live",
    "/metrics",
    "/v1/ledger/approvals",
    "/../shop/ledger",
    "/acme/shop",
    "/acme/shop/decisions/a/b",
  ])("%s is no page", async (path) => {
    expect(pagePath(path)).toBeUndefined();
  });
  test("what is no page is left to the server", async () => {
    expect((await browserOf(site).go("/webhooks")).status).toBe(418);
  });
  test.each([
    ["//evil.example/x", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example/", "/"],
    ["/sign-out", "/"],
    ["/acme/shop/ledger?page=2", "/acme/shop/ledger?page=2"],
  ])("after a sign-in %s leads to %s", (given, expected) => {
    expect(localPath(given, { publicUrl: "https://deploy.example.com" })).toBe(expected);
  });
});

describe("headers", () => {
  test.each(["/sign-in", "/", onMain, "/acme/nothing/ledger", "/acme/shop/approvals.csv"])(
    "%s",
    async (path) => {
      const { headers } = await (await signedIn("maria")).go(path);
      const policy = headers.get("content-security-policy");
      expect(policy).toMatch(/^default-src 'none'; style-src 'self'/);
      expect(policy).not.toMatch(/unsafe|script-src|\*/);
      expect(policy).toContain(`form-action 'self' ${site.github.url}`);
      expect(policy).toContain("frame-ancestors 'none'; base-uri 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
    },
  );
  test("the style sheet may be kept", async () => {
    const response = await fetch(`${site.url}/assets/page.css`);
    expect(response.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(response.headers.get("cache-control")).toContain("immutable");
  });
  test("only reading", async () => {
    const response = await (await signedIn("maria")).post("/", {});
    expect(response.status).toBe(405);
  });
  test("cookies over https cannot be set by another host, and no cookie is readable by a script", () => {
    expect(cookiesFor("https://deploy.example.com").set("session", "x", 5)).toBe(
      "__Host-adaptive-deploy-session=x; Path=/; Max-Age=5; HttpOnly; SameSite=Lax; Secure",
    );
    expect(cookiesFor("http://127.0.0.1:3000").set("session", "x", 5)).toMatch(/HttpOnly; SameSite=Lax$/);
  });
});

describe("sign-in", () => {
  test("who is not signed in is asked to, and comes back to where they were", async () => {
    const browser = browserOf(site);
    for (const path of [onMain, "/acme/nothing/ledger"]) {
      const sent = await browser.go(path);
      expect(sent.status).toBe(303);
      expect(sent.headers.get("location")).toBe(`/sign-in?to=${encodeURIComponent(path)}`);
    }
    const done = await browser.signIn("maria", onMain);
    expect(done.headers.get("location")).toBe(onMain);
    expect(await browser.text(onMain)).toContain("Pull request 418");
  });

  test("a state that this browser did not begin is refused", async () => {
    const [victim, attacker] = [browserOf(site), browserOf(site)];
    const callback = await viaGitHub(await attacker.post("/sign-in", {}), "outsider");
    expect((await victim.go(callback)).status).toBe(403);
    await victim.post("/sign-in", {});
    expect((await victim.go(callback)).status).toBe(403);
    expect([...victim.jar.keys()].filter((name) => name.includes("session"))).toEqual([]);
  });

  test("a code serves once, and a sign-in that took too long not at all", async () => {
    const browser = browserOf(site);
    const callback = await viaGitHub(await browser.post("/sign-in", {}), "maria");
    const begun = new Map(browser.jar);
    expect((await browser.go(callback)).status).toBe(303);
    for (const [name, value] of begun) browser.jar.set(name, value);
    expect((await browser.go(callback)).status).toBe(403);
    const late = browserOf(site);
    const before = site.clock.now;
    const slow = await viaGitHub(await late.post("/sign-in", {}), "maria");
    site.clock.now = new Date(before.getTime() + 601_000);
    expect((await late.go(slow)).status).toBe(403);
    site.clock.now = before;
  });

  test("a changed cookie is nobody's, and a code cannot be used without its verifier", async () => {
    const browser = browserOf(site);
    const callback = await viaGitHub(await browser.post("/sign-in", {}), "maria");
    const other = browserOf(site);
    await other.post("/sign-in", {});
    const mixed = new URL(callback);
    const [name = "", value = ""] = [...other.jar][0] ?? [];
    const state = secretsFrom(site.options.secret).open(value, "sign-in");
    mixed.searchParams.set("state", JSON.parse(state ?? "{}").state);
    expect((await other.go(mixed.href)).status).toBe(403);
    browser.jar.set(name, `${value.slice(0, -2)}zz`);
    expect((await browser.go(callback)).status).toBe(403);
  });

  test("the database holds neither the cookie nor the token in the clear", async () => {
    const browser = await signedIn("maria");
    const rows = JSON.stringify(await site.database.query("select * from sessions"));
    const [cookie = ""] = [...browser.jar.values()];
    expect(cookie.length).toBeGreaterThan(40);
    expect(rows).not.toContain(cookie);
    const tokens = [...site.github.world.tokens.keys()].filter((token) => token.startsWith("ghu_"));
    expect(tokens.filter((token) => rows.includes(token))).toEqual([]);
    const [first = ""] = tokens;
    const sealed = secretsFrom(site.options.secret).seal(first, "one");
    expect(secretsFrom(site.options.secret).open(sealed, "one")).toBe(first);
    expect(secretsFrom(site.options.secret).open(sealed, "two")).toBeUndefined();
    expect(secretsFrom("another secret of thirty-two characters").open(sealed, "one")).toBeUndefined();
  });

  test("a session ends after eight hours", async () => {
    const browser = await signedIn("maria");
    const before = site.clock.now;
    site.clock.now = new Date(before.getTime() + 8 * 3_600_000 + 1000);
    expect((await browser.go("/")).status).toBe(303);
    site.clock.now = before;
  });

  test("signing out needs the form's token, and then holds for a kept cookie too", async () => {
    const browser = await signedIn("maria");
    const kept = new Map(browser.jar);
    expect((await browser.post("/sign-out", { form: "guessed" })).status).toBe(403);
    expect((await browser.go("/sign-out")).status).toBe(403);
    const form = /name="form" value="([^"]+)"/.exec(await browser.text("/"))?.[1] ?? "";
    const foreign = { "sec-fetch-site": "cross-site" };
    expect((await browser.post("/sign-out", { form }, foreign)).status).toBe(403);
    expect((await browser.go("/")).status).toBe(200);
    expect((await browser.post("/sign-out", { form })).status).toBe(303);
    for (const [name, value] of kept) browser.jar.set(name, value);
    expect((await browser.go("/")).status).toBe(303);
  });

  test("a short secret does not start", () => {
    expect(() => createPages({ ...site.options, secret: "short" })).toThrow(/openssl rand -hex 32/);
  });
});

describe("who sees what", () => {
  test("only what GitHub lets the person read", async () => {
    const [maria, ben, outsider] = [
      await signedIn("maria"),
      await signedIn("ben"),
      await signedIn("outsider"),
    ];
    expect(await maria.text("/")).toContain("acme/secret");
    const list = await ben.text("/");
    expect(list).toContain("acme/shop");
    expect(list).not.toContain("acme/secret");
    expect(await ben.text("/?repository=acme/secret")).not.toContain(secret.decision_id);
    expect(await outsider.text("/")).toContain("No decisions yet.");
  });

  test.each(["decisions/only-maria-reads-this", "approvals", "approvals.csv", "ledger", "ledger.csv"])(
    "forbidden and missing look alike: %s",
    async (page) => {
      const ben = await signedIn("ben");
      const [forbidden, missing] = [
        await ben.go(`/acme/secret/${page}`),
        await ben.go(`/acme/nothing/${page}`),
      ];
      expect([forbidden.status, missing.status]).toEqual([404, 404]);
      expect(await forbidden.text()).toBe(await missing.text());
      expect((await (await signedIn("maria")).go(`/acme/secret/${page}`)).status).toBe(200);
    },
  );

  test("under other letters a repository is another one, and never one with an empty ledger", async () => {
    const maria = await signedIn("maria");
    expect((await maria.go("/acme/shop/ledger")).status).toBe(200);
    expect((await maria.go("/Acme/Shop/ledger")).status).toBe(404);
  });

  test("one answer of GitHub serves for a minute, then it is asked again", async () => {
    const ben = await signedIn("ben");
    const asked = () => site.github.requests.filter(({ path }) => path === "/repos/acme/shop").length;
    const before = site.clock.now;
    const first = asked();
    await ben.go(onMain);
    await ben.go("/acme/shop/ledger");
    expect(asked() - first).toBe(1);
    site.github.repository("acme/shop").collaborators.delete("ben");
    site.clock.now = new Date(before.getTime() + 61_000);
    expect((await ben.go(onMain)).status).toBe(404);
    site.github.repository("acme/shop").collaborators.set("ben", "read");
    site.clock.now = before;
  });

  test("a GitHub that does not answer shows nothing, and is asked again at once", async () => {
    const ben = await signedIn("ben");
    site.github.failNext({ path: "/repos/acme/shop", kind: "status", status: 502 });
    expect((await ben.go(onMain)).status).toBe(404);
    expect((await ben.go(onMain)).status).toBe(200);
  });

  test("deliveries are for admins, by repository, and without what was in them", async () => {
    const [maria, ben] = [await signedIn("maria"), await signedIn("ben")];
    expect((await ben.go("/deliveries")).status).toBe(404);
    const shown = await maria.text("/deliveries");
    expect(shown).toContain("&lt;b&gt;502&lt;/b&gt; of shop");
    expect(shown).toContain("error of the installation");
    expect(shown).not.toContain("error of secret");
    expect(shown).not.toContain("payload-of-shop");
    expect(await maria.text("/")).toContain('href="/deliveries"');
    expect(await ben.text("/")).not.toContain('href="/deliveries"');
  });
});

describe("what is shown", () => {
  test("a decision with gates, approvals, unknowns, what would lower it and where it comes from", async () => {
    const shown = await (await signedIn("maria")).text(onMain);
    for (const part of [
      "Needs 2 approvals before it starts",
      "Database schema",
      "From a score of 85 a person approves; this one has 88.",
      "the schema migration in a pull request of its own",
      "latency: could add +3",
      needsApproval.facts_digest,
      needsApproval.policy_version.hash,
      "1 of 2 so far",
      `${site.github.url}/acme/shop/pull/418`,
    ])
      expect(shown).toContain(part);
    expect(shown).not.toContain("cmd|"); // Dana's approval was taken back.
  });

  test("a second approval lets it go, here and in the list", async () => {
    const ledger = site.options.ledger("acme/shop");
    const last = await ledger.head("changes");
    await addEvents(
      site,
      "acme/shop",
      [approval(3, "kim", "Checked with the payments team")],
      "changes",
      last,
    );
    const maria = await signedIn("maria");
    const shown = await maria.text(onMain);
    expect(shown).toContain("Approved, may go");
    expect(shown).toContain("recorded; each is asked of GitHub again when it is used");
    expect(await maria.text("/?repository=acme/shop")).toContain("Approved, may go");
  });

  test("a hold is shown where the check shows it, over any approval, until it is released", async () => {
    const maria = await signedIn("maria");
    const say = async (kind: "hold" | "hold-release", actor: string, more = {}) => {
      const last = await site.options.ledger("acme/shop").head("changes");
      const body = { repository: "acme/shop", pull_request: 418, ...more };
      await addEvents(
        site,
        "acme/shop",
        [{ kind, actor, at: "2026-11-21T14:00:00Z", body }],
        "changes",
        last,
      );
    };
    await say("hold", "lee", { reason: "<i>Wait</i> for the vendor" });
    for (const path of [onMain, "/?repository=acme/shop"]) {
      const shown = await maria.text(path);
      expect(shown).toContain("On hold by lee");
      expect(shown).toContain("&lt;i&gt;Wait&lt;/i&gt; for the vendor");
      expect(shown).not.toContain("Approved, may go");
    }
    expect(await maria.text(onMain)).toMatch(/class="answer medium"><p class="ask">On hold by lee/);
    const twin = { ...needsApproval, decision_id: "twin" };
    await addDecision(site, "acme/shop", { ...twin, subject: { ...twin.subject, pull_request: 419 } });
    expect(await maria.text("/acme/shop/decisions/twin")).toContain("on #418, which has the same commit");
    await say("hold-release", "lee");
    for (const path of [onMain, "/?repository=acme/shop"])
      expect(await maria.text(path)).not.toContain("On hold");
    await site.database.query("delete from decisions where decision_id = 'twin'");
  });

  test("a high risk that was approved stays red beside its green answer, and its gates say approved", async () => {
    const shown = await (await signedIn("maria")).text(onMain);
    expect(shown).toContain('<div class="figure high">88');
    expect(shown).toContain('<div class="answer low"><p class="ask">Approved, may go');
    expect(shown).toContain('<span class="verdict low">approved</span>');
    expect(shown).not.toContain("needs approval</span>");
  });

  test("a change is called by its title and author, for those alone who may read the repository", async () => {
    for (const [repository, { subject }] of [
      ["acme/shop", needsApproval],
      ["acme/secret", secret],
    ] as const) {
      const title = `<u>Tenants</u> of ${repository}`;
      const facts = {
        schema_version: 1 as const,
        change: { pull_request: subject.pull_request, title, author: "dana" },
      };
      await keepFacts(site.database, { repository, sha: subject.head ?? "", facts });
    }
    const [maria, ben] = [await signedIn("maria"), await signedIn("ben")];
    for (const path of ["/", onMain]) {
      const shown = await maria.text(path);
      expect(shown).toContain("&lt;u&gt;Tenants&lt;/u&gt; of acme/shop");
      expect(shown).toContain("by dana");
    }
    expect(await maria.text("/")).toContain("of acme/secret");
    expect(await ben.text("/")).not.toContain("of acme/secret");
  });

  test("hostile text does nothing", async () => {
    const maria = await signedIn("maria");
    const pages = [
      "/",
      `/acme/shop/decisions/${hostile.decision_id}`,
      "/acme/shop/approvals",
      "/acme/shop/ledger",
    ];
    for (const path of pages) {
      const shown = await maria.text(path);
      expect(shown, path).not.toMatch(/<(script|img|b|iframe)\b/i);
      expect(shown, path).not.toMatch(/\son\w+="/i);
      expect(shown, path).not.toMatch(/href="(?!\/|http:\/\/127\.|data:,|#content|\?)/i);
    }
  });

  test("approvals with who, when, why, which commit and which policy, and as CSV without formulas", async () => {
    const maria = await signedIn("maria");
    const shown = await maria.text("/acme/shop/approvals");
    for (const part of [
      "lee",
      ">recorded<",
      "taken back",
      "revocation",
      head.slice(0, 7),
      "regulated ffffffffffff",
    ])
      expect(shown).toContain(part);
    const csv = await maria.go("/acme/shop/approvals.csv");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="approvals-acme-shop.csv"');
    expect((await csv.text()).split("\r\n")[0]).toMatch(/^at,kind,actor,repository,/);
  });

  test("the ledger says that it is whole, and that nothing pins it; an anchor changes that", async () => {
    const maria = await signedIn("maria");
    const shown = await maria.text("/acme/shop/ledger");
    expect(shown).toContain("Unbroken.");
    expect(shown).toContain("Not anchored.");
    const last = await site.options.ledger("acme/shop").head("changes");
    site.restart({ anchors: async () => (last ? [{ stream: "changes", ...last }] : []) });
    expect(await maria.text("/acme/shop/ledger")).not.toContain("Not anchored.");
    site.restart({ anchors: async () => [{ stream: "production/api", sequence: 3, hash: "a".repeat(64) }] });
    expect(await maria.text("/acme/shop/ledger")).toContain("Altered.");
    site.restart({});
  });

  test("an altered ledger is said to be, and gives no file", async () => {
    await addEvents(site, "acme/secret", [approval(1, "dana", "fine"), approval(2, "lee", "fine too")]);
    await site.database.query(
      "update ledger_events set line = replace(line, 'fine too', 'fine 2oo') where repository = 'acme/secret'",
    );
    const maria = await signedIn("maria");
    expect(await maria.text("/acme/secret/ledger")).toContain("Altered.");
    expect(await maria.text("/acme/secret/approvals")).toContain("was altered");
    expect((await maria.go("/acme/secret/ledger.csv")).status).toBe(409);
  });

  test("long lists have pages, and only the newest decision of a pull request is in the short one", async () => {
    for (let number = 1; number <= 30; number += 1) {
      const pull = { ...needsApproval.subject, pull_request: 7, head: String(number).padStart(40, "a") };
      const at = new Date(Date.UTC(2026, 9, number)).toISOString();
      await addDecision(site, "acme/shop", {
        ...needsApproval,
        decision_id: `run-${number}`,
        decided_at: at,
        subject: pull,
      });
    }
    const maria = await signedIn("maria");
    const rows = (text: string) => [...text.matchAll(/decisions\/run-\d+/g)].map(([found]) => found);
    expect(rows(await maria.text("/"))).toEqual(["decisions/run-30"]);
    const first = await maria.text("/?show=every&repository=acme/shop");
    expect(first).toContain('rel="next" href="/?repository=acme%2Fshop&amp;show=every&amp;page=2"');
    const second = rows(await maria.text("/?show=every&repository=acme/shop&page=2"));
    expect(rows(first).length + second.length).toBe(30);
    expect(await maria.text("/?page=9999999")).toContain("decisions/run-30");
  });

  test("a document of another version is listed, and not guessed at", async () => {
    const other = { ...needsApproval, decision_id: "of-tomorrow" };
    await addDecision(site, "acme/shop", other);
    await site.database.query(
      `update decisions set document = document || '{"schema_version":2}', pull_request = 9 where decision_id = 'of-tomorrow'`,
    );
    const maria = await signedIn("maria");
    expect(await maria.text("/")).toContain("Decision of-tomorrow");
    expect((await maria.go("/acme/shop/decisions/of-tomorrow")).status).toBe(422);
  });

  test("a database that fails is said to, without its words", async () => {
    const broken = { ...site.database, query: () => Promise.reject(new Error("password of the database")) };
    const maria = await signedIn("maria");
    site.restart({ database: broken });
    const answer = await maria.go("/");
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("password");
    expect(site.warnings.join()).toContain("password of the database");
    site.restart({});
  });
});

describe("the demo without a sign-in", () => {
  test("shows everything on this machine, says so, and answers under no other name", async () => {
    site.restart({ signIn: "open-on-loopback" });
    const shown = await browserOf(site).text("/");
    expect(shown).toContain("No sign-in: everything is shown");
    expect(shown).toContain("acme/secret");
    const { get } = await import("node:http");
    const rebound = await new Promise<number | undefined>((resolve) =>
      get(`${site.url}/`, { headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }),
    );
    expect(rebound).toBe(403);
    site.restart({});
  });
});

test("everything that was asked of GitHub is in GitHub's own schema", () => {
  expect(site.github.violations()).toEqual([]);
});
