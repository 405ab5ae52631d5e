import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import type { Approval } from "../../core/decision/shape.ts";
import { approvalBody, foldApprovals } from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import type { Found } from "./decisions.ts";
import { saidSince } from "./said-since.ts";

/**
 * A decision is kept as it was made; approvals come later, as events of their own. What is recorded for its very commit
 * and environment is put beside it. Whether it still counts is not looked at here: whoever uses it asks GitHub again.
 */
export async function withApprovals(database: Database, decisions: readonly Found[]): Promise<Found[]> {
  const events = await saidSince(database, decisions, ["approval", "revocation"]);
  return decisions.map((found) => {
    const { decision } = found;
    if (!decision) return found;
    const given = standing(events.get(found.repository) ?? [], decision.subject.head, decision.environment);
    const known = new Set(decision.approvals.map((approval) => approval.source));
    const more = given.filter((approval) => !known.has(approval.source));
    return { ...found, decision: { ...decision, approvals: [...decision.approvals, ...more] } };
  });
}

const told = approvalBody.extend({ reason: z.string().catch("") });

function standing(events: readonly LedgerEvent[], head: string | undefined, environment: string): Approval[] {
  const left = new Set(foldApprovals(events).standing.map(({ pointer }) => keyOf(pointer)));
  return events.flatMap((event) => {
    const body = event.kind === "approval" ? told.safeParse(event.body) : undefined;
    if (!body?.success) return [];
    const { pointer, reason } = body.data;
    if (pointer.head_sha !== head || pointer.environment !== environment || !left.has(keyOf(pointer)))
      return [];
    const source = `${pointer.kind} ${pointer.id}`;
    return [{ actor: pointer.actor, sha: pointer.head_sha, environment, reason, source, at: event.at }];
  });
}

function keyOf(pointer: { kind: string; id: number; head_sha: string; environment: string }): string {
  return `${pointer.kind} ${pointer.id} ${pointer.head_sha} ${pointer.environment}`;
}
