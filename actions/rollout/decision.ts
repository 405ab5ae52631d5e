import { identityHolds } from "../../core/decision/identify.ts";
import {
  type DecisionBody,
  decisionBody,
  decisionDocument,
  type ServiceDecision,
} from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { changesStream, serviceStream } from "../../core/evidence/stream.ts";
import type { Ledger } from "../../core/ports.ts";
import { printable } from "../io.ts";

/** The decision that a rollout follows, from the ledger or from a file, and held against its own name. */
export async function decisionNamed(
  ledger: Ledger,
  id: string,
  { service, environment }: { service: string; environment: string },
): Promise<DecisionBody> {
  const [wanted = ""] = id.split("/", 1);
  for (const stream of [serviceStream(environment, service), changesStream]) {
    const { events, fault } = await ledger.read(stream);
    if (fault !== undefined) throw tampered(fault);
    const event = events.findLast(({ kind, body }) => kind === "decision" && body.decision_id === wanted);
    if (event !== undefined) return checked(event.body, `The ledger's decision ${printable(wanted)}`);
  }
  throw new UserError(
    "decision-not-found",
    `The ledger holds no decision ${printable(wanted)}. Run \`decide\` with the ledger configured before, or give its risk-decision.json as \`decision\`.`,
  );
}

export function decisionOf(text: string, where: string): DecisionBody {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UserError(
      "bad-decision",
      `${printable(where)} is not JSON. Give the risk-decision.json of decide.`,
    );
  }
  const parsed = decisionDocument.safeParse(document);
  if (!parsed.success)
    throw new UserError(
      "bad-decision",
      `${printable(where)} is no decision: ${parsed.error.issues[0]?.message}.`,
    );
  const names = Object.keys(decisionBody.shape);
  return checked(
    Object.fromEntries(Object.entries(parsed.data).filter(([name]) => names.includes(name))),
    where,
  );
}

function checked(found: unknown, where: string): DecisionBody {
  const parsed = decisionBody.safeParse(found);
  if (parsed.success && identityHolds(parsed.data)) return parsed.data;
  throw new UserError(
    "bad-decision",
    `${where} was changed since it was made: its content and its name do not belong together. Decide again.`,
  );
}

/** What was decided of one service, or of the repository as a whole. */
export type ServiceAnswer = Omit<ServiceDecision, "name">;

/** What was decided of the service; a decision that does not speak of it is no decision about it. */
export function decidedOf(body: DecisionBody, service: string, environment: string): ServiceAnswer {
  if (body.environment !== environment)
    throw new UserError(
      "other-environment",
      `The decision ${body.decision_id} is about ${body.environment}, the rollout goes to ${environment}. Decide for that one.`,
    );
  if (body.services.length === 0) return body;
  const own = body.services.find(({ name }) => name === service);
  if (own !== undefined) return own;
  throw new UserError(
    "other-service",
    `The decision ${body.decision_id} is about ${body.services.map(({ name }) => name).join(", ")}, not about ${service}.`,
  );
}
