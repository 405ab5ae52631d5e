import { describe, expect, it } from "vitest";
import { type ApprovalPointer, foldApprovals, pointersFor } from "../../../core/evidence/approvals.ts";
import { seal } from "../../../core/evidence/chain.ts";

const head = "a".repeat(40);
const pointer = (more: Partial<ApprovalPointer> = {}): ApprovalPointer => ({
  kind: "review",
  repository: "acme/shop",
  id: 7,
  pull_request: 4,
  head_sha: head,
  environment: "production",
  actor: "rita",
  ...more,
});
const events = (...told: ["approval" | "revocation" | "outcome", unknown][]) =>
  seal(
    "changes",
    null,
    told.map(([kind, body], index) => ({
      kind,
      at: "2026-03-01T10:00:00Z",
      actor: "rita",
      nonce: `nonce-${index}-0123456789`,
      body: { pointer: body },
    })),
  );
const standing = (...told: Parameters<typeof events>) =>
  foldApprovals(events(...told)).standing.map((entry) => [entry.sequence, entry.pointer.id]);

describe("the approvals of a stream", () => {
  it("are pointers that still stand, each once", () => {
    const approval: ["approval", unknown] = ["approval", pointer()];
    expect(standing()).toEqual([]);
    expect(standing(approval, ["approval", pointer({ id: 8 })])).toEqual([
      [0, 7],
      [1, 8],
    ]);
    expect(standing(approval, approval)).toEqual([[1, 7]]);
    expect(standing(approval, ["outcome", pointer({ id: 9 })])).toEqual([[0, 7]]);
  });

  it("do not come back once revoked, whatever is written after or in other letters", () => {
    const revocation: ["revocation", unknown] = [
      "revocation",
      { kind: "review", repository: "ACME/shop", id: 7 },
    ];
    expect(standing(["approval", pointer()], revocation)).toEqual([]);
    expect(standing(revocation, ["approval", pointer()])).toEqual([]);
    expect(
      standing(["approval", pointer()], revocation, ["approval", pointer({ head_sha: "b".repeat(40) })]),
    ).toEqual([]);
    expect(standing(["approval", pointer({ kind: "comment" })], revocation)).toEqual([[0, 7]]);
  });

  it.each([
    undefined,
    "review 7",
    pointer({ id: -1 }),
    pointer({ head_sha: "abc" }),
    pointer({ repository: "acme/shop/../../other" }),
    pointer({ actor: "rita[bot]" }),
    { ...pointer(), valid: true },
  ])("name an event that points at nothing: %j", (body) => {
    expect(foldApprovals(events(["approval", body]))).toEqual({ standing: [], unreadable: [0] });
    expect(foldApprovals(events(["revocation", body])).unreadable).toEqual([0]);
  });

  it("bind to one head and one environment", () => {
    const found = foldApprovals(
      events(
        ["approval", pointer()],
        ["approval", pointer({ environment: "staging" })],
        ["approval", pointer({ head_sha: "b".repeat(40) })],
      ),
    );
    expect(found.standing).toHaveLength(3);
    expect(pointersFor(found, head, "production")).toEqual([pointer()]);
    expect(pointersFor(found, head, "Production")).toEqual([]);
  });
});
