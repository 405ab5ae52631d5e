import { newsOf, progressLine } from "../../core/render/rollout/progress.ts";
import type { Around } from "../../core/rollout/around.ts";
import { drive } from "../../core/rollout/drive.ts";
import type { Turn, TurnCode } from "../../core/rollout/taking.ts";
import type { RolloutPorts } from "./ports.ts";

type DrivingPorts = Pick<RolloutPorts, "now" | "sleep" | "stop" | "say" | "warn" | "mirror" | "saw">;

export type Driven = {
  /** How long a person is waited for; then the rollout is left to stand. */
  waitSeconds: number;
  /** True where it has come far enough. */
  until?(turn: Turn): boolean;
  /** True for a way back after the job was told to stop: it goes on for as long as the process lives. */
  deaf?: boolean;
};

/** Drives a rollout, and tells how it goes. */
export async function driven(
  rollout: string,
  around: Around,
  ports: DrivingPorts,
  { waitSeconds, until, deaf = false }: Driven,
): Promise<Turn> {
  const stop = deaf ? new AbortController().signal : ports.stop;
  const show = showing(around, ports);
  const isOverdue = patience(ports, waitSeconds);
  const turn = await drive(rollout, around, {
    progress: show.turn,
    sleep: (milliseconds) => ports.sleep(milliseconds, stop),
    stopped: () => stop.aborted,
    until: (one) => until?.(one) === true || isOverdue(one),
  });
  await show.end();
  return turn;
}

const forPeople: readonly TurnCode[] = ["standing", "approval", "hands-off"];

function patience({ now }: DrivingPorts, waitSeconds: number): (turn: Turn) => boolean {
  let since: number | undefined;
  return ({ code }) => {
    // A turn that only writes something down is none that goes on.
    if (code === "moved") return false;
    if (!forPeople.includes(code)) since = undefined;
    else since ??= now();
    return since !== undefined && now() - since >= waitSeconds * 1000;
  };
}

/** Every so often it is said that nothing has changed, so that nobody takes a long window for a dead run. */
const silentMs = 5 * 60_000;

function showing({ now }: Around, ports: DrivingPorts) {
  let before: { news: string; at: number } | undefined;
  let mirrored: Promise<void> = Promise.resolve();
  let unheard: string | undefined;
  const turn = (one: Turn): void => {
    ports.saw?.(one.state);
    if (one.unheard !== undefined && one.unheard !== unheard) ports.warn(one.unheard);
    unheard = one.unheard ?? unheard;
    if (one.code === "moved") return;
    const news = newsOf(one);
    if (before?.news === news && ports.now() - before.at < silentMs) return;
    const isChange = before?.news !== news;
    before = { news, at: ports.now() };
    ports.say(progressLine(one, now()));
    const { mirror } = ports;
    if (isChange && mirror !== undefined)
      mirrored = mirrored
        .then(() => mirror(one.state))
        .catch((error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          ports.warn(`How the rollout goes could not be shown elsewhere: ${said}`);
        });
  };
  return { turn, end: () => mirrored };
}
