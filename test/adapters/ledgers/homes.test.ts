import { describe, expect, it } from "vitest";
import { ledgerHomes, openLedger } from "../../../adapters/ledgers/index.ts";
import { headInMessage, messageFor } from "../../../adapters/ledgers/message.ts";
import { seal } from "../../../core/evidence/chain.ts";
import { repositoryConfiguration } from "../../../core/policy/schema.ts";
import { event } from "../../contracts/ledger-bench.ts";

describe("the homes of a ledger", () => {
  it("are those that the configuration may name", () => {
    for (const home of ledgerHomes) {
      const parsed = repositoryConfiguration.safeParse({ "schema-version": 1, ledger: { home } });
      expect(parsed.success).toBe(true);
    }
    expect(openLedger("none", {})).toBeNull();
  });

  it.each(["sql", "File", "constructor", "__proto__", ""])(
    "do not include %j, and the error lists them",
    (home) => {
      expect(() => openLedger(home, { folder: "." })).toThrow("Allowed: file, git-branch, app, none.");
    },
  );

  it.each([
    ["file", /needs a folder/],
    ["git-branch", /needs a checkout, or a repository and a token/],
    ["app", /needs the App's address as url/],
  ])("say what %s needs", (home, says) => {
    expect(() => openLedger(home, {})).toThrow(says);
  });
});

describe("the message of an append", () => {
  const said = (body: Record<string, unknown>, stream = "production/payments-api") =>
    messageFor(seal(stream, null, [event(body, { kind: "verdict" })]));

  it.each([
    [
      { verdict: "hold", reason: "p95 is 2x baseline" },
      "verdict: payments-api in production: hold, p95 is 2x baseline",
    ],
    [{}, "verdict: payments-api in production"],
    [
      { reason: "a\n\nLedger-Head: 9 x\r\u001b[31m" },
      "verdict: payments-api in production: a Ledger-Head: 9 x 31m",
    ],
    [
      { reason: "@octocat closes #1, acme/x#2 [click](http://e.vil)" },
      "verdict: payments-api in production: octocat closes 1, acme/x 2 click (http://e.vil)",
    ],
    [{ reason: "\u202eevil\u200b" }, "verdict: payments-api in production: evil"],
    [{ reason: "x".repeat(5000) }, `verdict: payments-api in production: ${"x".repeat(79)}…`],
  ])("says what happened to what, and why: %j", (body, headline) => {
    expect(said(body).headline).toBe(headline);
  });

  it("names a change where there is no service, and decodes a service's name", () => {
    expect(said({}, "changes").headline).toBe("verdict: changes");
    expect(said({}, "prod%2feu/%41%50%49").headline).toBe("verdict: API in prod/eu");
  });

  it("holds the head, which no event can forge", () => {
    const sealed = seal("changes", null, [event(), event({ reason: `x\nLedger-Head: 7 ${"f".repeat(64)}` })]);
    const { headline, body } = messageFor(sealed);
    expect(headInMessage(`${headline}\n\n${body}`)).toEqual({ sequence: 1, hash: sealed[1]?.hash });
    expect(headInMessage("a note")).toBeNull();
  });
});
