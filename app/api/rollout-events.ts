import { foldApprovals } from "../../core/evidence/approvals.ts";
import { changesStream, requireStream, serviceStream } from "../../core/evidence/stream.ts";
import type { Ledger } from "../../core/ports.ts";
import { bodies, type Command, type EventOf } from "../../core/rollout/events.ts";
import type { Caller } from "./caller.ts";
import { Problem } from "./problem.ts";

/** Words that let a rollout go on, without its evidence or against it: only a person says them, on GitHub. */
const forPeople: readonly Command[] = ["approve", "promote", "overrule", "resume", "retry"];

/** What a rollout is made of is taken in its own form alone, so that nobody writes what no reader understands. */
const checked = ["rollout", "command", "observation", "quarantine", "notice"] as const;
type Checked = (typeof checked)[number];
type Given = { kind: string; body: Record<string, unknown> };

const isChecked = (kind: string): kind is Checked => checked.some((one) => one === kind);

export async function requireRolloutForm(
  { kind, body }: Given,
  stream: string,
  repository: string,
  ledger: Ledger,
  caller: Caller,
): Promise<void> {
  if (!isChecked(kind)) return;
  const parsed = bodies[kind].safeParse(body);
  if (!parsed.success) {
    const said = parsed.error.issues
      .slice(0, 3)
      .map((issue) => `${issue.path.map(String).join(".") || "the body"}: ${issue.message}`);
    throw badEvent(
      `The body of a ${kind} event is not what the ledger takes: ${said.join("; ").slice(0, 600)}.`,
    );
  }
  if (kind === "command") await requireSayable(bodies.command.parse(body), stream, ledger, caller);
  if (kind === "quarantine" && bodies.quarantine.parse(body).until === undefined)
    throw refusedWord("quarantine --lift", "/rollout overrule on the incident");
  if (kind === "rollout") requirePlanHere(bodies.rollout.parse(body), stream, repository);
}

async function requireSayable(
  { command, by, source }: EventOf<"command">["body"],
  stream: string,
  ledger: Ledger,
  { claims, actor }: Caller,
): Promise<void> {
  if (!forPeople.includes(command)) return;
  // A job may lift a pause in the name of whoever started it: GitHub bears that out.
  const isOwn = claims !== undefined && by.toLowerCase() === actor.toLowerCase() && source === undefined;
  if (command === "resume" && isOwn) return;
  if (command === "approve" && (await isApproved(by, source, stream, ledger))) return;
  const but = command === "approve" ? ", or with /approve-risk on the pull request" : "";
  throw refusedWord(command, `/rollout ${command} on the pull request or the incident${but}`);
}

function refusedWord(word: string, how: string): Problem {
  return new Problem(
    403,
    "command-refused",
    `A token says nobody's "${word}". A person does so on GitHub, with ${how}, and the App writes the event.`,
  );
}

/** A run may pass on what people approved where the App wrote it down itself, and for as long as it stands. */
async function isApproved(
  by: string,
  source: string | undefined,
  stream: string,
  ledger: Ledger,
): Promise<boolean> {
  const place = requireStream(stream);
  const { events, fault } = await ledger.read(changesStream);
  if (place.kind !== "service" || fault !== undefined) return false;
  const standing = foldApprovals(events)
    .standing.map(({ pointer }) => pointer)
    .filter(({ environment }) => environment === place.environment);
  const isNamed = standing.some(({ kind, id, repository }) => `${kind} ${id} in ${repository}` === source);
  const people = new Set(standing.map(({ actor }) => actor.toLowerCase()));
  return isNamed && by.split(", ").every((name) => people.has(name.toLowerCase()));
}

function requirePlanHere(
  { rollout, plan }: EventOf<"rollout">["body"],
  stream: string,
  repository: string,
): void {
  const isHere = plan.repository === undefined || plan.repository.toLowerCase() === repository.toLowerCase();
  if (plan.rollout === rollout && serviceStream(plan.environment, plan.service) === stream && isHere) return;
  throw badEvent(
    `The plan is ${plan.rollout} of ${plan.service} in ${plan.environment}, and belongs under that name into the stream of that service and the ledger of its repository.`,
  );
}

function badEvent(sentence: string): Problem {
  return new Problem(422, "bad-event", sentence);
}
