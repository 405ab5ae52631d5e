import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keySet } from "../../../app/api/key-set.ts";
import { type ApiServer, pinnedWorkflow, sha, startApi } from "./api-server.ts";
import { type Claims, claimsOfJob, pullRequestWorkflow, startIssuer } from "./issuer.ts";

let server: ApiServer;
beforeAll(async () => {
  server = await startApi();
});
afterAll(() => server.close());

const streams = "/v1/ledger/octo-org/shop/streams";
const claims = (more: Claims = {}) => ({
  ...claimsOfJob({ issuer: server.issuer.url, audience: server.audience, now: server.clock.now }),
  ...more,
});
const inSeconds = (seconds: number) => Math.floor(server.clock.now.getTime() / 1000) + seconds;

describe("a token of a job", () => {
  it("of the repository is taken", async () => {
    const { status, json } = await server.call("GET", streams, { token: await server.jobToken() });
    expect([status, json]).toEqual([200, { streams: [] }]);
  });

  it.each([
    ["as an Octocat spells the repository", { repository: "Octo-Org/Shop" }],
    ["that ends in a moment", () => ({ exp: inSeconds(1) })],
    ["from a clock that is 20 s ahead", () => ({ nbf: inSeconds(20), iat: inSeconds(20) })],
    ["with several audiences", () => ({ aud: ["another", server.audience] })],
  ])("%s is taken", async (_, more) => {
    const token = await server.jobToken(typeof more === "function" ? more() : more);
    expect((await server.call("GET", streams, { token })).status).toBe(200);
  });

  const secret = new TextEncoder().encode("a secret that is long enough for HS256");
  const refused: [string, () => Promise<string>, number, RegExp][] = [
    ["of another issuer", () => server.jobToken({ iss: "https://evil.example.com" }), 401, /"iss"/],
    [
      "of an issuer that only begins like ours",
      () => server.jobToken({ iss: `${server.issuer.url}.evil.example` }),
      401,
      /"iss"/,
    ],
    ["for another audience", () => server.jobToken({ aud: "https://github.com/octo-org" }), 401, /"aud"/],
    ["without an audience", () => server.jobToken({ aud: undefined }), 401, /"aud"/],
    ["that has expired", () => server.jobToken({ exp: inSeconds(-31) }), 401, /expired/],
    ["that never expires", () => server.jobToken({ exp: undefined }), 401, /"exp"/],
    ["of the future", () => server.jobToken({ nbf: inSeconds(120) }), 401, /"nbf"/],
    ["made in the future", () => server.jobToken({ iat: inSeconds(120) }), 401, /"iat"/],
    [
      "made long ago that has years to go",
      () => server.jobToken({ iat: inSeconds(-7200), exp: inSeconds(1e8) }),
      401,
      /expired|"iat"/,
    ],
    ["that is not signed", async () => new UnsecuredJWT(claims()).encode(), 401, /RS256|signed token/],
    [
      "signed with a shared secret",
      () => new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(secret),
      401,
      /RS256/,
    ],
    [
      "signed with the public key as a secret",
      async () => {
        const key = new TextEncoder().encode(JSON.stringify(server.issuer.published[0]));
        return await new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(key);
      },
      401,
      /RS256/,
    ],
    [
      "of an unknown key",
      () => server.issuer.sign(claims(), { kid: "unheard-of" }),
      401,
      /no key of that name/,
    ],
    [
      "signed by somebody else under a known key's name",
      async () => {
        const other = await startIssuer();
        try {
          return await other.sign(claims(), { kid: "first" });
        } finally {
          await other.close();
        }
      },
      401,
      /signature/,
    ],
    [
      "with another body behind the signature",
      async () => {
        const [header, , signature] = (await server.jobToken()).split(".");
        const body = Buffer.from(JSON.stringify(claims({ actor: "root" }))).toString("base64url");
        return `${header}.${body}.${signature}`;
      },
      401,
      /signature/,
    ],
    ["that is no token", async () => "abc", 401, /not a signed token/],
    ["without a repository", () => server.jobToken({ repository: undefined }), 401, /"repository"/],
    ["without a workflow", () => server.jobToken({ job_workflow_ref: undefined }), 401, /"job_workflow_ref"/],
    [
      "of another repository",
      () => server.jobToken({ repository: "octo-org/till", repository_id: "1002" }),
      403,
      /speaks for octo-org\/till, not for octo-org\/shop/,
    ],
    [
      "of a repository that took over the name",
      () => server.jobToken({ repository_id: "999" }),
      403,
      /numbers differ/,
    ],
  ];
  it.each(refused)("%s is refused", async (_, make, status, says) => {
    const token = await make();
    const got = await server.call("GET", streams, { token });
    expect(got.status).toBe(status);
    expect(got.json.detail).toMatch(says);
    expect(JSON.stringify(got.json)).not.toContain(token);
    expect(server.told).toEqual([]);
  });

  it.each([
    [undefined],
    ["Basic b2N0b2NhdDpodW50ZXIy"],
    ["Bearer "],
    ["Bearer a b"],
    [`Bearer ${"x".repeat(9000)}`],
  ])("is asked for in place of %.20s", async (authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status, json } = await server.call("GET", streams, { headers });
    expect(status).toBe(401);
    expect(json.reason_code).toBe("no-token");
  });
});

describe("which workflow may write", () => {
  const event = { repository: "octo-org/shop", stream: "changes", kind: "outcome", body: {} };
  const facts = {
    repository: "octo-org/shop",
    sha,
    facts: { schema_version: 1, tests: { total: 3, failed: 0 } },
  };
  const own = "octo-org/shop/.github/workflows";
  const rows: [string, Claims, boolean][] = [
    ["of the default branch", {}, true],
    [
      "that is pinned, called by a pull request",
      { workflow_ref: pullRequestWorkflow, job_workflow_ref: pinnedWorkflow },
      true,
    ],
    [
      "of a pull request",
      { workflow_ref: pullRequestWorkflow, job_workflow_ref: pullRequestWorkflow },
      false,
    ],
    ["of the default branch, called by a pull request", { workflow_ref: pullRequestWorkflow }, false],
    [
      "of a branch named like the default one",
      {
        workflow_ref: `${own}/ci.yml@refs/heads/x@refs/heads/main`,
        job_workflow_ref: `${own}/ci.yml@refs/heads/x@refs/heads/main`,
      },
      false,
    ],
    [
      "of a tag",
      { workflow_ref: `${own}/ci.yml@refs/tags/v1`, job_workflow_ref: `${own}/ci.yml@refs/tags/v1` },
      false,
    ],
    [
      "of another repository",
      { job_workflow_ref: "evil/shop/.github/workflows/ci.yml@refs/heads/main" },
      false,
    ],
    ["that has a pinned one's name and another version", { job_workflow_ref: `${pinnedWorkflow}0` }, false],
  ];
  it.each(rows)("one %s: %j is trusted: %s", async (_, more, trusted) => {
    const token = await server.jobToken(more);
    const stored = await server.call("POST", "/v1/facts", { token, body: facts });
    expect([stored.status, stored.json.trusted]).toEqual([201, trusted]);
    const written = await server.call("POST", "/v1/events", { token, body: event });
    expect([written.status, written.json.reason_code]).toEqual(
      trusted ? [201, undefined] : [403, "workflow-not-pinned"],
    );
  });

  it("does not let a pull request's facts take the place of trusted ones", async () => {
    const rowsOf = async () =>
      await server.database.query("select source, trusted from facts where trusted order by source", []);
    const before = await rowsOf();
    const token = await server.jobToken({ workflow_ref: pullRequestWorkflow });
    await server.call("POST", "/v1/facts", { token, body: { ...facts, label: "again" } });
    await server.call("POST", "/v1/facts", { token, body: facts });
    expect(await rowsOf()).toEqual(before);
    expect(before.length).toBeGreaterThan(1);
  });
});

describe("the issuer's keys", () => {
  it("are asked for once, again for an unknown key, and then at most every 30 s", async () => {
    const fresh = await startApi();
    const { issuer, clock, call, jobToken } = fresh;
    const status = async (token: string) => (await call("GET", streams, { token })).status;
    try {
      const old = await jobToken();
      await Promise.all(Array.from({ length: 8 }, async () => expect(await status(old)).toBe(200)));
      expect(issuer.state.asked).toBe(1);
      await issuer.rotate("second");
      expect(await status(await jobToken())).toBe(401);
      expect(issuer.state.asked).toBe(1);
      clock.now = new Date(clock.now.getTime() + 30_000);
      const next = await jobToken();
      expect(await Promise.all([next, next, next].map(status))).toEqual([200, 200, 200]);
      expect(issuer.state.asked).toBe(2);
      expect(await status(old)).toBe(401);
      clock.now = new Date(clock.now.getTime() + 31_000);
      const unknown = () => issuer.sign({}, { kid: `k${Math.random()}` });
      for (const token of await Promise.all([unknown(), unknown(), unknown()]))
        expect(await status(token)).toBe(401);
      expect(issuer.state.asked).toBe(3);
    } finally {
      await fresh.close();
    }
  });

  it("are believed for an hour without the issuer, and no redirect is followed", async () => {
    const fresh = await startApi();
    const { issuer, clock, call, jobToken } = fresh;
    const answer = async () => await call("GET", streams, { token: await jobToken() });
    try {
      issuer.state.redirect = `${server.issuer.url}/.well-known/jwks`;
      const before = server.issuer.state.asked;
      const first = await answer();
      expect([first.status, first.json.reason_code]).toEqual([503, "issuer-unavailable"]);
      expect(server.issuer.state.asked).toBe(before);
      issuer.state.redirect = "";
      clock.now = new Date(clock.now.getTime() + 30_000);
      expect((await answer()).status).toBe(200);
      issuer.state.status = 500;
      for (const minutes of [11, 20, 20]) {
        clock.now = new Date(clock.now.getTime() + minutes * 60_000);
        expect((await answer()).status).toBe(200);
      }
      clock.now = new Date(clock.now.getTime() + 10 * 60_000);
      expect((await answer()).status).toBe(503);
    } finally {
      await fresh.close();
    }
  });

  it.each(["http://issuer.example.com", "file:///etc/keys", "nowhere"])(
    "are not asked for at %s",
    (issuer) => {
      expect(() => keySet(issuer, () => new Date())).toThrow("has to be an https address");
    },
  );
});
