import type { RollbackCommand } from "../../../core/commands/rollout.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import type { Ledger } from "../../../core/ports.ts";
import { code, inline } from "../../../core/render/escape.ts";
import { backAsked } from "../../../core/rollout/back-asked.ts";
import { rolloutEvent } from "../../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../../core/rollout/fold-stream.ts";
import { recordMissing } from "../../record.ts";
import { wakeRollout } from "../../rollouts/wake.ts";
import { type Answer, did, type RolloutAsking, refuse } from "../answer.ts";
import { startBack } from "./dispatch.ts";
import { isService, nothingKnown, othersRollout } from "./known.ts";
import { record, sourceOf } from "./say.ts";

/**
 * `/rollback`: takes back what is under way. Where nothing is, the App, which reaches no target, has the workflow
 * started that the repository names for it.
 */
export async function rollback(command: RollbackCommand, asking: RolloutAsking): Promise<Answer> {
  const { here } = asking;
  const { service, environment, reason } = command;
  const { ledger } = here;
  if (typeof ledger === "string") return refuse("ledger-elsewhere", ledger);
  const stream = serviceStream(environment, service);
  const { events } = await here.reading(ledger).read(stream);
  const rollouts = foldStream(events);
  const going = unfinished(rollouts);
  if (going !== undefined && !here.isOwn(going.plan)) return othersRollout(going.plan);
  // A comment that comes again is about what was under way when it came first.
  const before = saidBefore(events, sourceOf(asking));
  const meant = before === undefined ? going : before.wasOver ? undefined : rollouts.get(before.rollout);
  if (meant !== undefined) return await record("abort", reason, { stream, state: meant }, { ledger, asking });
  if (rollouts.size === 0 && !isService(service, here)) return nothingKnown(command, here);
  const isNoted = await noteAsked(command, stream, ledger, asking);
  const person = code(`@${asking.person}`);
  const asked = `${person} asked for ${code(service)} in ${code(environment)} to go back: ${inline(reason, 600)}\n\nNo rollout is under way`;
  const started = await startBack(command, asking);
  if (typeof started === "string") {
    const watchdog = here.configuration["watchdog-workflow"];
    if (isNoted && here.trusted && watchdog !== undefined) {
      const { said, work } = asking;
      await wakeRollout({ repository: said.repository, stream, why: "said" }, work.now, work);
      const why = here.configuration["rollback-workflow"] === undefined ? "" : ` ${inline(started, 600)}`;
      return did(
        `${asked}.${why} The request stands in the ledger, and a run of ${code(watchdog)} is asked for.`,
      );
    }
    const noted = isNoted
      ? " The request stands in the ledger, and a watchdog takes it up where one runs."
      : "";
    return refuse(
      "nothing-started",
      `No rollout of ${service} in ${environment} is under way, and the App reaches no target itself. ${started}${noted} Until then nothing moves: run the \`rollback\` Action or \`adaptive-deploy rollback\` where the target can be reached.`,
    );
  }
  return did(`${asked}, so ${started.markdown}`);
}

/** Which rollout the same comment was about before, and whether that was over already. */
function saidBefore(
  events: readonly LedgerEvent[],
  source: string,
): { rollout: string; wasOver: boolean } | undefined {
  const index = events.findIndex((event) => {
    const known = rolloutEvent(event);
    return known?.kind === "command" && known.body.command === "abort" && known.body.source === source;
  });
  if (index < 0) return undefined;
  const rollout = String(events[index]?.body.rollout);
  const then = foldStream(events.slice(0, index)).get(rollout);
  return { rollout, wasOver: then?.doing.kind === "ended" };
}

/** Beside the rollout that brought what runs now, for whoever watches over the ledger, and for the record. */
async function noteAsked(
  { reason }: RollbackCommand,
  stream: string,
  ledger: Ledger,
  asking: RolloutAsking,
): Promise<boolean> {
  const { said, person, work } = asking;
  const source = sourceOf(asking);
  const { events } = await recordMissing(
    { ...work, ledger: () => ledger },
    said.repository,
    (known) => {
      const last = [...foldStream(known).values()].at(-1);
      const isOver = last?.doing.kind === "ended" && last.doing.outcome === "completed";
      if (!isOver || saidBefore(known, source) !== undefined) return [];
      const body = { rollout: last.plan.rollout, command: "abort", reason, by: person, source };
      return [{ kind: "command", actor: person, body }];
    },
    stream,
  );
  return backAsked(events) !== null;
}
