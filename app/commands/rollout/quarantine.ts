import type { QuarantineCommand } from "../../../core/commands/rollout.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";
import { code, inline } from "../../../core/render/escape.ts";
import { rolloutEvent } from "../../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../../core/rollout/fold-stream.ts";
import { digestIn, isNamed } from "../../../core/rollout/plan.ts";
import { stopRulesOf } from "../../../core/rollout/plan-of.ts";
import { recordMissing } from "../../record.ts";
import { wakeRollout } from "../../rollouts/wake.ts";
import { type Answer, did, type RolloutAsking, refuse } from "../answer.ts";
import { isService, nothingKnown, othersRollout } from "./known.ts";
import { sourceOf } from "./say.ts";

/** `/rollout quarantine`: a version that nobody shall get, for as long as policy keeps out what was taken back. */
export async function quarantine(
  { service, environment, digest: named, reason }: QuarantineCommand,
  asking: RolloutAsking,
): Promise<Answer> {
  const { said, person, work, here } = asking;
  const { ledger, policy } = here;
  if (typeof ledger === "string") return refuse("ledger-elsewhere", ledger);
  const stream = serviceStream(environment, service);
  const before = foldStream((await here.reading(ledger).read(stream)).events);
  const going = unfinished(before);
  if (going !== undefined && !here.isOwn(going.plan)) return othersRollout(going.plan);
  if (before.size === 0 && !isService(service, here)) return nothingKnown({ service, environment }, here);
  const { quarantineSeconds } = stopRulesOf(thresholdsFor(policy.thresholds, { service, environment }));
  const until = new Date(work.now.getTime() + quarantineSeconds * 1000).toISOString();
  const digest = digestIn(named) ?? named;
  const source = sourceOf(asking);
  const { events } = await recordMissing(
    { ...work, ledger: () => ledger },
    said.repository,
    (written) => {
      const isSaid = written.some((event) => {
        const one = rolloutEvent(event);
        return one?.kind === "quarantine" && one.body.source === source && one.body.digest === digest;
      });
      const body = { digest, until, reason, by: person, source };
      return isSaid ? [] : [{ kind: "quarantine", actor: person, body }];
    },
    stream,
  );
  const running = unfinished(foldStream(events));
  const isUnderWay = running !== undefined && isNamed(running.plan.candidate, digest);
  if (isUnderWay) await wakeRollout({ repository: said.repository, stream, why: "said" }, work.now, work);
  const back = isUnderWay ? ` ${code(running.plan.rollout)} is on its way with it and goes back.` : "";
  return did(
    `${code(digest)} is kept out of ${code(service)} in ${code(environment)} until ${until}: ${inline(reason, 600)}${back}\n\nWhoever has it keeps it, and an update server goes on offering it: ${code("adaptive-deploy quarantine")} stops that.`,
  );
}
