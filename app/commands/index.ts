import { type Command, commandsIn } from "../../core/commands/parse.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { AppIdentity, Handler, Work } from "../ports.ts";
import { type Answer, type Asking, refuse } from "./answer.ts";
import { approve } from "./approve.ts";
import { type Said, saidIn } from "./event.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { type Place, placeOf } from "./place.ts";
import { react, reply } from "./reply.ts";
import { revoke } from "./revoke.ts";
import { risk } from "./risk.ts";
import { riskWrong } from "./risk-wrong.ts";
import { unhold } from "./unhold.ts";
import { voidApprovals } from "./void.ts";

export type CommandOptions = {
  /** Decides on a pull request again, after a command changed what holds for it. */
  redecide(repository: string, pullNumber: number, work: Work): Promise<unknown>;
  identity: AppIdentity;
};

/** Answers to `issue_comment`: what maintainers type, and what becomes of it when they edit or delete it. */
export function commands({ redecide, identity }: CommandOptions): Handler {
  return async (payload, work) => {
    const said = saidIn(payload);
    if (said === undefined) return;
    if (said.action === "edited" || said.action === "deleted") {
      const wasVoid = await voidApprovals(said, work, identity);
      if (wasVoid) await redecide(said.repository, said.number, work);
      return;
    }
    const found = said.action === "created" && said.person !== null ? commandsIn(said.body) : [];
    if (said.person === null || found.length === 0) return;
    const place = await readPlace(said, work);
    if (place === undefined) return;
    await react({ said, work }, "eyes");
    if ("done" in place) {
      await reply({ said, work, identity }, textOf(place));
      return react({ said, work }, "-1");
    }
    const asking: Asking = { said, person: said.person, place, work, identity };
    const answers: Answer[] = [];
    // One after the other, as they stand: a hold that follows an approval comes after it.
    for (const command of found) answers.push(await answerTo(command, asking));
    await reply(asking, answers.map(textOf).join("\n\n---\n\n"));
    await react(asking, answers.every((answer) => answer.done) ? "rocket" : "-1");
    if (answers.some((answer) => answer.done && answer.changed))
      await redecide(said.repository, said.number, work);
  };
}

/** A policy that cannot be read lets nobody do anything, and whoever typed a command hears why. */
async function readPlace(said: Said, work: Work): Promise<Place | Answer | undefined> {
  try {
    return await placeOf(said, work);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== exitCodes.badInput) throw error;
    return refuse("policy-unreadable", error.message);
  }
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
  }
}

function textOf(answer: Answer): string {
  return answer.done ? answer.markdown : `**Not done** (\`${answer.reason}\`): ${answer.markdown}`;
}
