import { mayPass } from "../../adapters/github/transient.ts";
import { UserError } from "../../core/errors.ts";
import type { Ledger } from "../../core/ports.ts";
import type { Notice } from "../../core/rollout/effect.ts";
import { rolloutEvent } from "../../core/rollout/events.ts";
import type { AppIdentity, Work } from "../ports.ts";
import { recordMissing } from "../record.ts";
import type { RolloutPlace } from "./wake.ts";

type Noted = { place: RolloutPlace; ledger: Ledger; rollout: string; notice: Notice; where?: string };

/** Writes down, once, what was asked for or told. Nothing waits for it: on branches the App may not be allowed to. */
export async function note(
  { place, ledger, ...body }: Noted,
  work: Work,
  { slug }: AppIdentity,
): Promise<void> {
  const isSame = (known: ReturnType<typeof rolloutEvent>): boolean =>
    known?.kind === "notice" &&
    known.body.rollout === body.rollout &&
    known.body.notice.code === body.notice.code &&
    known.body.notice.sentence === body.notice.sentence;
  try {
    await recordMissing(
      { ...work, ledger: () => ledger },
      place.repository,
      (events) =>
        events.some((event) => isSame(rolloutEvent(event)))
          ? []
          : [{ kind: "notice", actor: `${slug}[bot]`, body }],
      place.stream,
    );
  } catch (error) {
    if (!(error instanceof UserError) || mayPass(error)) throw error;
    work.warn(`${place.stream} of ${place.repository} does not say what was done for it: ${error.message}`);
  }
}
