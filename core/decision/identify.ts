import { digest } from "../evidence/canonical.ts";
import type { DecisionBody } from "./shape.ts";

/** The decision's name is a prefix of its body's hash: equal facts and equal policy give the equal name. */
export function identified(body: Omit<DecisionBody, "decision_id">): DecisionBody {
  return { ...body, decision_id: digest(body).slice(0, 24) };
}

/** True where the body still hashes to the name that it carries. */
export function identityHolds(body: DecisionBody): boolean {
  const { decision_id, ...rest } = body;
  return digest(rest).startsWith(decision_id) && decision_id.length === 24;
}
