import { describe, expect, it } from "vitest";
import { oidcToken } from "../../../adapters/github/oidc-token.ts";
import { startAnswering } from "../ledgers/answering.ts";

const tokenUntil = (seconds: number) =>
  `e30.${Buffer.from(JSON.stringify({ exp: seconds })).toString("base64url")}.c2ln`;
const environmentOf = (url: string) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret",
});
const audience = "https://deploy.example.com";

describe("the OIDC token of a job", () => {
  it("is made for the audience, kept until shortly before its end, and asked for again", async () => {
    const runner = await startAnswering([{ status: 200, answer: { value: tokenUntil(1300) } }]);
    let nowMs = 1_000_000;
    const token = oidcToken({ environment: environmentOf(runner.url), audience, now: () => nowMs });
    expect(runner.asked).toEqual([]);
    expect([await token(), await token()]).toEqual([tokenUntil(1300), tokenUntil(1300)]);
    expect(runner.asked).toEqual([
      {
        url: "/token?api-version=2&audience=https%3A%2F%2Fdeploy.example.com",
        authorization: "Bearer request-secret",
      },
    ]);
    nowMs = 1_239_000;
    await token();
    expect(runner.asked).toHaveLength(1);
    nowMs = 1_240_000;
    await token();
    expect(runner.asked).toHaveLength(2);
    await runner.close();
  });

  it("that cannot be read is used once", async () => {
    const runner = await startAnswering([{ status: 200, answer: { value: "opaque" } }]);
    const token = oidcToken({ environment: environmentOf(runner.url), audience });
    expect([await token(), await token(), runner.asked.length]).toEqual(["opaque", "opaque", 2]);
    await runner.close();
  });

  it.each([[{}], [{ ACTIONS_ID_TOKEN_REQUEST_URL: "https://example.com/token" }]])(
    "is not there without the permission: %j",
    async (environment) => {
      const token = oidcToken({ environment, audience });
      await expect(token()).rejects.toMatchObject({
        reasonCode: "read-only-token",
        message: expect.stringContaining("id-token: write"),
      });
    },
  );

  it.each([
    [500, {}],
    [200, { token: "x" }],
    [302, { value: "x" }],
  ])("is not taken from %i %j, and the runner's secret is not said", async (status, answer) => {
    const runner = await startAnswering([{ status, answer }]);
    const token = oidcToken({ environment: environmentOf(runner.url), audience });
    const error = await token().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reasonCode: "ledger-unavailable" });
    expect(String(error)).not.toContain("request-secret");
    await runner.close();
  });
});
