import * as z from "zod";
import type { Decision } from "../core/decision/shape.ts";
import { UserError } from "../core/errors.ts";
import { wakeGates } from "./gates/wake.ts";
import { payloadOf } from "./inbox/payload.ts";
import type { Waiting } from "./inbox/store.ts";
import { type NamedRepository, type Recognise, repositoryAt } from "./known-repositories.ts";
import type { OwnRepository } from "./own-repository.ts";
import type { Work } from "./ports.ts";
import type { Answering } from "./webhooks/index.ts";

export type Handling = {
  answers: Record<string, Answering>;
  isOwn: OwnRepository;
  recognise: Recognise;
  workOf(installation: number | null, signal: AbortSignal): Promise<Work>;
  tell(decision: Decision): void;
};

/** Hands a delivery to who answers to it, under the name that its repository goes by now. */
export function deliveryHandler({ answers, isOwn, recognise, workOf, tell }: Handling) {
  return async (row: Waiting, signal: AbortSignal): Promise<void> => {
    const answer = Object.hasOwn(answers, row.event) ? answers[row.event] : undefined;
    if (!answer) return;
    if (row.event !== "timer") await isOwn(row.installation_id, row.repository);
    const work = await workOf(row.installation_id, signal);
    const payload = payloadOf(row);
    if (row.repository === null) return await answer(payload, work, tell);
    const at = row.repository;
    const look = (): Promise<NamedRepository | undefined> => repositoryAt(work.client, at);
    // A timer knows a name alone, and may be older than a transfer: then another installation has the repository.
    const lookAndHold = async (): Promise<NamedRepository | undefined> => {
      const seen = await look();
      return seen && (await isHeld(() => isOwn(row.installation_id, seen.name))) ? seen : undefined;
    };
    const { installation, warn } = work;
    const { data } = numbered.safeParse(payload);
    const said = data ? { name: at, id: data.repository.id } : await lookAndHold();
    const recognised = said && (await recognise(said, { installation, look, warn }));
    if (!recognised) {
      warn(
        `${row.event} ${row.delivery_id} is of a repository that was called ${at} and is so no more, or not in this installation: nothing was done.`,
      );
      return;
    }
    const { name, moved } = recognised;
    if (moved) await wakeGates(name, work);
    await answer(name === at ? payload : payloadOf({ ...row, repository: name }), work, tell);
  };
}

const numbered = z.object({ repository: z.object({ id: z.int() }) });

async function isHeld(ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof UserError && error.reasonCode === "wrong-installation") return false;
    throw error;
  }
}
