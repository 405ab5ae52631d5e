import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decidedOf, decisionNamed, decisionOf } from "../../../actions/rollout/decision.ts";
import { requireMeant } from "../../../actions/rollout/meant.ts";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import { identified } from "../../../core/decision/identify.ts";
import {
  type DecisionBody,
  decisionBody,
  type ServiceDecision,
  serviceDecision,
} from "../../../core/decision/shape.ts";
import { changesStream } from "../../../core/evidence/stream.ts";
import { fixture } from "../../core/render/fixtures.ts";

const place = { service: "shop", environment: "production" };

/** The body of a decision of the fixtures with something else in it, under the name that belongs to it. */
function bodyWith(more: Partial<DecisionBody> = {}): DecisionBody {
  const names = Object.keys(decisionBody.shape);
  const entries = Object.entries(fixture("middle")).filter(([name]) => names.includes(name));
  const body = decisionBody.parse(Object.fromEntries(entries));
  const { decision_id: _, ...rest } = { ...body, environment: "production", services: [], ...more };
  return identified(rest);
}
const body = bodyWith();
/** What is decided of a service, as far as a body of the whole says the same. */
const answerOf = (whole: DecisionBody): Omit<ServiceDecision, "name"> => {
  const names = Object.keys(serviceDecision.shape);
  const entries = Object.entries(whole).filter(([name]) => names.includes(name));
  return serviceDecision.omit({ name: true }).parse(Object.fromEntries(entries));
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "decision-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function ledgerWith(stream: string, written: DecisionBody) {
  const ledger = fileLedger({ folder });
  const event = { kind: "decision" as const, at: "2026-11-21T10:00:00.000Z", body: written };
  await ledger.append(stream, [{ ...event, actor: "run", nonce: randomUUID() }], null);
  return ledger;
}

describe("a decision out of the ledger", () => {
  it.each([
    ["of the service", "production/shop"],
    ["of all changes", changesStream],
  ])("is found in the stream %s, also by the name of one of its services", async (_, stream) => {
    const ledger = await ledgerWith(stream, body);
    for (const name of [body.decision_id, `${body.decision_id}/shop`])
      expect(await decisionNamed(ledger, name, place)).toEqual(body);
  });

  it.each<[string, string, DecisionBody, string, string]>([
    ["is not there", "production/shop", body, "0123456789abcdef01234567", "decision-not-found"],
    ["is another service's", "production/search", body, body.decision_id, "decision-not-found"],
    ["was changed", "production/shop", { ...body, risk_score: 1 }, body.decision_id, "bad-decision"],
  ])("that %s is none", async (_, stream, written, name, code) => {
    const ledger = await ledgerWith(stream, written);
    await expect(decisionNamed(ledger, name, place)).rejects.toMatchObject({ reasonCode: code });
  });
});

describe("a decision out of a file", () => {
  const document = { ...fixture("middle"), ...body };

  it("is its body, without what was written around it", () => {
    expect(decisionOf(JSON.stringify(document), "decision.json")).toEqual(body);
  });

  it.each<[string, string, string]>([
    ["is no JSON", "{", "is not JSON"],
    ["is something else", "{}", "is no decision"],
    ["was lowered by hand", JSON.stringify({ ...document, risk_score: 1 }), "do not belong together"],
    ["has another's name", JSON.stringify({ ...document, decision_id: "a".repeat(24) }), "do not belong"],
  ])("that %s is refused", (_, text, words) => {
    expect(() => decisionOf(text, "decision.json")).toThrow(words);
  });
});

describe("what was decided", () => {
  const services = ["shop", "search"].map((name) => ({ ...answerOf(body), name }));

  it("of the whole repository holds for every service", () => {
    expect(decidedOf(body, "anything", "production").risk_score).toBe(body.risk_score);
  });
  it("is refused where it is of elsewhere, or does not speak of the service", () => {
    expect(() => decidedOf(body, "shop", "staging")).toThrow("is about production");
    const spoken = { ...body, services };
    expect(decidedOf(spoken, "search", "production")).toMatchObject({ name: "search" });
    expect(() => decidedOf(spoken, "mail", "production")).toThrow("is about shop, search, not about mail");
  });
});

describe("whether a decision is about what goes out", () => {
  const [right, other] = ["a".repeat(40), "b".repeat(40)];
  const about = (subject: Partial<DecisionBody["subject"]>): DecisionBody =>
    bodyWith({ subject: { kind: "release", candidate: "v2", head: right, ...subject } });

  async function asked(
    decision: DecisionBody,
    mode: "shadow" | "advisory" | "enforced",
    more: { recorded?: boolean; ownFiles?: boolean; commit?: string } = {},
  ) {
    const { recorded = true, ...rest } = more;
    const warnings: string[] = [];
    const ledger = recorded ? await ledgerWith("production/shop", decision) : fileLedger({ folder });
    const answer = { ...decidedOf(decision, "shop", "production"), mode };
    const plan = { ...place, candidate: { id: "v2" } };
    const around = { ledger, commit: right, warn: (text: string) => warnings.push(text), ...rest };
    await requireMeant({ decision, answer, plan }, around);
    return warnings;
  }

  it.each([
    ["other-candidate", about({ candidate: "v3" })],
    ["other-commit", about({ head: other })],
  ])(
    "%s stops an enforced one, is said of an advisory one, and nobody hears of it in shadow",
    async (code, decision) => {
      await expect(asked(decision, "enforced")).rejects.toMatchObject({ reasonCode: code, exitCode: 2 });
      rmSync(folder, { recursive: true });
      expect(await asked(decision, "advisory")).toHaveLength(1);
      rmSync(folder, { recursive: true });
      expect(await asked(decision, "shadow")).toEqual([]);
    },
  );

  it.each<[string, DecisionBody, Parameters<typeof asked>[2], string | undefined]>([
    ["is about it and recorded", about({}), {}, undefined],
    ["names neither candidate nor commit", bodyWith({ subject: { kind: "release" } }), {}, undefined],
    ["is a file that the ledger does not hold", about({}), { recorded: false }, "decision-not-found"],
    ["is a person's own file in a terminal", about({}), { recorded: false, ownFiles: true }, undefined],
  ])("where an enforced one %s", async (_, decision, more, code) => {
    const done = asked(decision, "enforced", more);
    if (code === undefined) expect(await done).toEqual([]);
    else await expect(done).rejects.toMatchObject({ reasonCode: code });
  });
});
