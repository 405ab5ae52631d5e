import { readTrustedText } from "../../adapters/github/trusted-text.ts";
import { eventsOfKinds } from "../../adapters/ledgers/sql-kinds.ts";
import { approvalsIn, type Command, commandsIn } from "../../core/commands/parse.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { foldApprovals } from "../../core/evidence/approvals.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { optional } from "../../core/optional.ts";
import type { AppIdentity, Handler, Work } from "../ports.ts";
import { type Answer, type Asking, refuse } from "./answer.ts";
import { approve } from "./approve.ts";
import { reviewIn, type Said, saidIn } from "./event.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { askedBefore, isTooOften, noteAsked } from "./often.ts";
import { refusedToWrite } from "./permission.ts";
import { type Place, placeOf } from "./place.ts";
import { react, reply } from "./reply.ts";
import { revoke } from "./revoke.ts";
import { risk } from "./risk.ts";
import { riskWrong } from "./risk-wrong.ts";
import { type Here, rolloutsHere } from "./rollout/here.ts";
import { answerOfRollout, isOfRollouts, saidLast } from "./rollout/index.ts";
import { unhold } from "./unhold.ts";
import { voidApprovals } from "./void.ts";

export type CommandOptions = {
  /** Decides on a pull request again, after a command changed what holds for it. */
  redecide(repository: string, pullNumber: number, work: Work): Promise<unknown>;
  identity: AppIdentity;
};

/** Answers to `issue_comment`: what maintainers type, and what becomes of it when they edit or delete it. */
export function commands(options: CommandOptions): Handler {
  return async (payload, work) => {
    const said = saidIn(payload);
    if (said === undefined) return;
    if (said.action === "created") await answerAll(commandsIn(said.body), said, work, options);
    else if (said.action === "edited" || said.action === "deleted") await voided(said, work, options);
  };
}

/**
 * Answers to `pull_request_review`: an approving one approves the risk only where it says so on a line of its own. One
 * that takes an approval back is heard where the same person's review is on record; of others no decision is made of.
 */
export function reviews(options: CommandOptions): Handler {
  return async (payload, work) => {
    const said = reviewIn(payload);
    if (said === undefined) return;
    if (said.action !== "submitted") return void (await voided(said, work, options));
    if (said.state === "approved") return void (await answerAll(approvalsIn(said.body), said, work, options));
    if (said.state === "changes_requested" && (await hasApprovedBefore(said, work)))
      await options.redecide(said.repository, said.number, work);
  };
}

async function hasApprovedBefore({ repository, number, person }: Said, work: Work): Promise<boolean> {
  const { events } = await eventsOfKinds(work.database, repository, work.ledger(repository), [
    "approval",
  ]).read(changesStream);
  return foldApprovals(events).standing.some(
    ({ pointer }) =>
      pointer.kind === "review" &&
      pointer.pull_request === number &&
      pointer.actor.toLowerCase() === person?.toLowerCase(),
  );
}

async function voided(said: Said, work: Work, { identity, redecide }: CommandOptions): Promise<void> {
  if (await voidApprovals(said, work, identity)) await redecide(said.repository, said.number, work);
}

async function answerAll(
  written: readonly Command[],
  said: Said,
  work: Work,
  { identity, redecide }: CommandOptions,
): Promise<void> {
  const found = different(saidLast(written));
  const { person } = said;
  if (person === null || found.length === 0) return;
  const asker = { said, person, work };
  // Once for all commands, and before anything else is asked: anybody may write a comment.
  const stranger = found.some(isMoreThanAsking) ? await refusedToWrite(asker) : undefined;
  const before = await askedBefore(asker);
  const isAuthor = said.author?.toLowerCase() === person.toLowerCase();
  const mayWrite = async () =>
    found.some(isMoreThanAsking) ? stranger === undefined : (await refusedToWrite(asker)) === undefined;
  if (await isTooOften(before, isAuthor, mayWrite)) {
    await noteAsked(asker);
    return react(asker, "-1");
  }
  const places = stranger ? await refusedPlace(stranger, said, work) : await readPlaces(found, said, work);
  if (places === undefined) return;
  await noteAsked(asker);
  await react(asker, "eyes");
  if ("done" in places) {
    await reply({ said, work, identity }, textOf(places));
    return react(asker, "-1");
  }
  const asking = { ...asker, identity };
  const answers: Answer[] = [];
  // One after the other, as they stand: a hold that follows an approval comes after it.
  for (const command of found) {
    const answer = await answerIn(places, command, asking);
    work.observer.answered(command.kind, answer.done);
    answers.push(answer);
  }
  await reply(asking, answers.map(textOf).join("\n\n---\n\n"));
  await react(asking, answers.every((answer) => answer.done) ? "rocket" : "-1");
  if (answers.some((answer) => answer.done && answer.changed))
    await redecide(said.repository, said.number, work);
}

/** What is asked for twice in one comment is answered once, whatever the reason. A hold is not: its turn counts. */
function different(found: readonly Command[]): Command[] {
  const asked = new Set<string>();
  return found.filter((command) => {
    const { kind } = command;
    if (kind === "rollout" || (kind !== "approve-risk" && isMoreThanAsking(command))) return true;
    const what: string[] = [kind];
    if (kind === "approve-risk") what.push(command.sha ?? "", command.environment ?? "");
    if (kind === "incomplete") what.push(command.command, command.problem);
    const isNew = !asked.has(what.join(" "));
    asked.add(what.join(" "));
    return isNew;
  });
}

/** Everyone may ask; whether somebody may do more is for each command to say. */
function isMoreThanAsking(command: Command): boolean {
  const { kind } = command;
  if (command.kind === "rollout") return command.word !== "status";
  return kind !== "risk" && kind !== "help" && kind !== "incomplete";
}

/** One refusal for whatever a stranger wrote; none where the repository was never configured. */
async function refusedPlace(stranger: Answer, said: Said, work: Work): Promise<Answer | undefined> {
  const known = await work.database.query("select 1 as known from decisions where repository = $1 limit 1", [
    said.repository,
  ]);
  if (known.length > 0) return stranger;
  const { configuration, bundle } = await readTrustedText(work.client, { ...said, base: "HEAD" });
  return configuration !== undefined || bundle?.size ? stranger : undefined;
}

/** What the commands are about: the pull request, the repository's rollouts, or both. */
type Places = { change?: Place; here?: Here };

/** A policy that cannot be read lets nobody do anything, and whoever typed a command hears why. */
async function readPlaces(
  found: readonly Command[],
  said: Said,
  work: Work,
): Promise<Places | Answer | undefined> {
  const ofRollouts = found.filter((command) => isOfRollouts(command, said));
  try {
    const [here, change] = await Promise.all([
      ofRollouts.length > 0 ? rolloutsHere(said, work) : undefined,
      ofRollouts.length < found.length ? placeOf(said, work) : undefined,
    ]);
    if (here === undefined && change === undefined) return undefined;
    return { ...optional("here", here), ...optional("change", change) };
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== exitCodes.badInput) throw error;
    return refuse("policy-unreadable", error.message);
  }
}

function answerIn(
  { change, here }: Places,
  command: Command,
  asker: Omit<Asking, "place">,
): Promise<Answer> | Answer {
  if (here !== undefined && isOfRollouts(command, asker.said))
    return answerOfRollout(command, { ...asker, here });
  if (change !== undefined) return answerTo(command, { ...asker, place: change });
  throw new TypeError("A command is answered where its place was read.");
}

function answerTo(command: Command, asking: Asking): Promise<Answer> | Answer {
  switch (command.kind) {
    case "approve-risk":
      return approve(command, asking);
    case "revoke-approval":
      return revoke(command, asking);
    case "hold":
      return hold(command, asking);
    case "unhold":
      return unhold(command, asking);
    case "risk":
      return risk(command, asking);
    case "risk-wrong":
      return riskWrong(command, asking);
    case "help":
      return help(command, asking);
    case "incomplete":
      return refuse(command.problem, command.sentence);
    case "rollout":
    case "quarantine":
    case "rollback":
      throw new TypeError("What is about rollouts is answered with the rules of the default branch.");
  }
}

function textOf(answer: Answer): string {
  return answer.done ? answer.markdown : `**Not done** (\`${answer.reason}\`): ${answer.markdown}`;
}
