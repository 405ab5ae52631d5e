import { randomUUID } from "node:crypto";
import { getOctokit } from "@actions/github";
import { describe, expect, it, onTestFinished } from "vitest";
import { retry } from "../../../adapters/ledgers/record-decision.ts";
import { exitCodes } from "../../../core/errors.ts";
import { record } from "../../../core/evidence/append.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import { git } from "../../emulated/small-repository.ts";
import { evidenceOf, healthy, rolloutWorld, type World, type WorldOptions } from "./world.ts";

/** Who lets a rollout begin, and go on: looked up at GitHub at the moment of use, never taken from the ledger. */

async function opened(options: WorldOptions): Promise<World> {
  const world = await rolloutWorld(options);
  onTestFinished(async () => {
    expect(world.shop.github.violations()).toEqual([]);
    await world.close();
  });
  return world;
}

const go = (id: string) => ({ "decision-id": id, candidate: "v2" });
const rule = (action: string) => ({
  ".github/adaptive-deploy/guardrails.rules": `rule "all": when risk_score >= 0 then ${action}\n`,
});
const atCutOver = "approval: { from: 0, at: cut-over }";

async function write(world: World, kind: NewEvent["kind"], actor: string, body: NewEvent["body"]) {
  const at = new Date(world.now()).toISOString();
  await record(world.ledger(), "production/shop", [{ kind, at, actor, nonce: randomUUID(), body }], retry);
}

/** A comment by somebody else than the author, and the event in the ledger that points to it. */
async function approve(world: World): Promise<void> {
  const { shop, subject } = world;
  const { users } = shop.github.world;
  const [maria, ben] = [users.get("maria"), users.get("ben")];
  if (!maria || !ben) throw new Error("The shop has no maria and ben.");
  users.set("ben", { ...ben, email: maria.email });
  users.set("maria", { ...maria, email: "maria@elsewhere.example" });
  // The pull request whose head is released, as a fast-forward leaves it.
  git(shop.folder, "branch", "approved", "main");
  const number = await shop.open("approved");
  const { rest } = getOctokit("maria", { baseUrl: shop.github.url });
  const body = `/approve-risk ${subject.head} rehearsed`;
  const { data } = await rest.issues.createComment({
    owner: "acme",
    repo: "shop",
    issue_number: number,
    body,
  });
  await write(world, "approval", "maria", {
    pointer: {
      ...{ kind: "comment", repository: "acme/shop", id: data.id, pull_request: number },
      ...{ head_sha: subject.head, environment: "production", actor: "maria" },
    },
  });
}

describe("before the start", () => {
  it("what policy blocks is refused by its reason, and nothing moves", async () => {
    const world = await opened({ files: rule("block") });
    const id = await world.decide("v2");
    const { error } = await world.rollout({ inputs: go(id) });
    expect(error).toMatchObject({ reasonCode: "guardrail-blocks", exitCode: exitCodes.blocked });
    expect(await world.states()).toEqual([]);
  });

  it("an approval that is missing is waited for, and then said to be missing", async () => {
    const world = await opened({ files: rule("require_approval") });
    const id = await world.decide("v2");
    const { error, lines } = await world.rollout({ inputs: { ...go(id), "wait-for-approval": "10m" } });
    expect(error).toMatchObject({
      reasonCode: "approval-wait-ended",
      exitCode: exitCodes.needsApproval,
    });
    expect(lines.join("\n")).toContain("/approve-risk");
    expect(world.virtual.shares).toEqual([]);
  });

  it("an event that approves is nothing by itself", async () => {
    const world = await opened({ files: rule("require_approval") });
    const id = await world.decide("v2");
    await write(world, "approval", "maria", {
      pointer: {
        ...{ kind: "comment", repository: "acme/shop", id: 4711, pull_request: 1 },
        ...{ head_sha: world.subject.head, environment: "production", actor: "maria" },
      },
    });
    const { error } = await world.rollout({ inputs: { ...go(id), "wait-for-approval": "1m" } });
    expect(error).toMatchObject({ reasonCode: "approval-wait-ended" });
    expect(world.virtual.shares).toEqual([]);
  });

  it("in advisory mode it begins, and says what is missing", async () => {
    const world = await opened({ files: rule("require_approval"), mode: "advisory" });
    const id = await world.decide("v2");
    const { result, warnings } = await world.rollout({ inputs: go(id) });
    expect(result?.outputs.outcome).toBe("completed");
    expect(warnings.join("\n")).toContain("asks for an approval");
  });
});

describe("once somebody approved", () => {
  it("it begins, and the comment was asked for at that moment", async () => {
    const world = await opened({ files: rule("require_approval") });
    const id = await world.decide("v2");
    await approve(world);
    const { error, result } = await world.rollout({ inputs: { ...go(id), "wait-for-approval": "1m" } });
    expect(error).toBeUndefined();
    expect(result?.outputs.outcome).toBe("completed");
  });

  it("it goes on to the last share, and another run believes the same", async () => {
    const world = await opened({ thresholds: atCutOver });
    const id = await world.decide("v2");
    await approve(world);
    const evidence = evidenceOf((step) => (step < 2 ? "promote" : "hold"), world.now);
    const inputs = { ...go(id), "wait-for-approval": "1m" };
    await world.rollout({ inputs, evidence });
    expect(world.virtual.shape.share).toBe(100);
    const said = (await world.events()).find(({ body }) => body.command === "approve");
    expect(said?.body).toMatchObject({ by: "maria", reason: "rehearsed" });
    const second = await world.rollout({ name: "second", inputs, evidence });
    expect(second.result?.outputs).toMatchObject({ outcome: "standing", "reason-code": "hold" });
  });
});

describe("before the last share", () => {
  it("waits, leaves the old version in place, and ends the job for a person", async () => {
    const world = await opened({ thresholds: atCutOver });
    const id = await world.decide("v2");
    const { result } = await world.rollout({ inputs: { ...go(id), "wait-for-approval": "10m" } });
    expect(result).toMatchObject({ exitCode: exitCodes.needsApproval, outputs: { outcome: "approval" } });
    expect(world.virtual.shape.share).toBe(50);
  });

  it("does not believe a word in the ledger that nobody said", async () => {
    const world = await opened({ thresholds: atCutOver });
    const id = await world.decide("v2");
    const inputs = { ...go(id), "wait-for-approval": "5m" };
    await world.rollout({ inputs });
    const [state] = await world.states();
    const said = { rollout: state?.plan.rollout, reason: "trust me", by: "maria" };
    await write(world, "command", "mallory", { ...said, command: "approve" });
    await write(world, "command", "mallory", {
      ...said,
      command: "promote",
      source: "comment 4711 in acme/shop",
    });
    const { result } = await world.rollout({ name: "second", inputs });
    expect(result?.outputs.outcome).toBe("approval");
    expect(world.virtual.shape.share).toBe(50);
  });

  it("stops for anybody who says so", async () => {
    const world = await opened({});
    const id = await world.decide("v2");
    const pause = async () => {
      const [state] = await world.states();
      const body = { rollout: state?.plan.rollout, command: "pause", reason: "lunch", by: "maria" };
      await write(world, "command", "maria", body);
    };
    const { result } = await world.rollout({
      inputs: { ...go(id), "wait-for-approval": "5m" },
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, pause],
    });
    expect(result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { outcome: "paused", "reason-code": "paused" },
    });
    expect(result?.sentence).toContain("resume");
    expect(world.virtual.shape.share).toBe(10);
  });

  it("believes a comment of somebody whom policy accepts, and goes on", async () => {
    const world = await opened({});
    const id = await world.decide("v2");
    const inputs = { ...go(id), "wait-for-approval": "5m" };
    await world.rollout({ inputs, evidence: evidenceOf(() => "hold", world.now) });
    const [state] = await world.states();
    expect(state?.stop?.code).toBe("hold");
    const { shop } = world;
    shop.branch("talk", { "src/pay.ts": "export const pay = 4;\n" });
    const number = await shop.open("talk");
    const { rest } = getOctokit("maria", { baseUrl: shop.github.url });
    const { data } = await rest.issues.createComment({
      ...{
        owner: "acme",
        repo: "shop",
        issue_number: number,
        body: "/rollout retry service=shop environment=production looked into it",
      },
    });
    const said = { rollout: state?.plan.rollout, command: "retry", reason: "looked into it", by: "maria" };
    await write(world, "command", "maria", { ...said, source: `comment ${data.id} in acme/shop` });
    const holds = evidenceOf(() => "hold", world.now);
    await world.rollout({ name: "second", inputs, evidence: holds });
    // The same comment once more is no second word.
    await write(world, "command", "mallory", { ...said, source: `comment ${data.id} in acme/shop` });
    const third = await world.rollout({ name: "third", inputs, evidence: healthy });
    expect(third.result?.outputs).toMatchObject({ outcome: "standing", "reason-code": "hold" });
    const address = `https://github.com/acme/shop/pull/${number}#issuecomment-${data.id}`;
    await write(world, "command", "mallory", { ...said, source: address });
    const fourth = await world.rollout({ name: "fourth", inputs, evidence: healthy });
    expect(fourth.result?.outputs).toMatchObject({ outcome: "standing", "reason-code": "hold" });
  });
});
