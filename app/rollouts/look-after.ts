import { ownerAndName } from "../../adapters/github/full-name.ts";
import { mayPass } from "../../adapters/github/transient.ts";
import { UserError } from "../../core/errors.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { rolloutsHere } from "../commands/rollout/here.ts";
import type { AppIdentity, Work } from "../ports.ts";
import { askWatchdog, type Looking, pagePeople } from "./ask.ts";
import { forsakenIn } from "./forsaken.ts";
import { type RolloutPlace, wakeRollout } from "./wake.ts";

/**
 * A rollout whose run died is gone on with by a run of the repository's watchdog: the App, which reaches no target, asks
 * for one as soon as the lease says that it is nobody's, and tells people where none has come.
 */
export async function lookAfterRollout(
  place: RolloutPlace,
  work: Work,
  identity: AppIdentity,
): Promise<void> {
  try {
    const looking = await lookingAt(place, work, identity);
    if (looking !== undefined) await lookAfter(looking);
  } catch (error) {
    // What asking again may mend is asked again by the inbox.
    if (!(error instanceof UserError) || mayPass(error)) throw error;
    work.warn(`${place.stream} of ${place.repository} cannot be looked after: ${error.message}`);
  }
}

async function lookingAt(
  place: RolloutPlace,
  work: Work,
  identity: AppIdentity,
): Promise<Looking | undefined> {
  const { repository, stream } = place;
  const here = await rolloutsHere({ repository, ...ownerAndName(repository) }, work);
  if (here === undefined || typeof here.ledger === "string") return undefined;
  const { ledger } = here;
  const { events, fault } = await here.reading(ledger).read(stream);
  if (fault !== undefined) throw tampered(fault);
  const forsaken = forsakenIn(events, here, work.now);
  return forsaken && { place, here, ledger, forsaken, work, identity };
}

/** A sign of life from farther ahead was given by no clock. */
const farthestMs = 48 * 3_600_000;
const hourMs = 3_600_000;

async function lookAfter(looking: Looking): Promise<void> {
  const { place, forsaken, here, work } = looking;
  const { fromMs, patienceSeconds } = forsaken;
  const now = work.now.getTime();
  const wake = (atMs: number) => wakeRollout({ ...place, why: "next" }, new Date(atMs), work);
  if (fromMs > now) return fromMs - now > farthestMs ? undefined : await wake(fromMs);
  const lateMs = fromMs + patienceSeconds * 1000;
  // Set first: people hear of it though this attempt may die.
  if (now < lateMs) await wake(lateMs);
  const workflow = here.configuration["watchdog-workflow"];
  const isLate = now >= lateMs;
  const asked = workflow === undefined ? "before" : await askWatchdog(workflow, isLate, looking);
  // The App may have been away until now.
  if (asked === "now") return isLate ? await wake(now + patienceSeconds * 1000) : undefined;
  // Where one cannot be asked for, waiting brings none.
  if (asked === "before" && !isLate) return;
  const isTold = await pagePeople(asked === "before" ? waitedFor(workflow) : asked.why, looking);
  if (!isTold) await wake(now + hourMs);
}

function waitedFor(workflow: string | undefined): string {
  return workflow === undefined
    ? "No run came by its schedule, and .github/adaptive-deploy.yml names no `watchdog-workflow` to ask for."
    : `A run of ${workflow} was asked for, and none took it up.`;
}
