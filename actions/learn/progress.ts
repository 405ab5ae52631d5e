import type { WalkProgress } from "../../adapters/git/walk.ts";
import { formatDuration } from "../../core/policy/duration.ts";
import { grouped } from "../../core/render/numbers.ts";

export function progressText({ done, total, secondsLeft }: WalkProgress): string {
  const left = secondsLeft === undefined ? "" : `, about ${formatDuration(Math.ceil(secondsLeft))} left`;
  return `Read ${grouped(done)} of ${grouped(total)} changes${done < total ? left : ""}`;
}

/** Says how far it is at each tenth: for a log, which keeps every line. */
export function tenths(say: (line: string) => void): (progress: WalkProgress) => void {
  let said = 0;
  return (progress) => {
    const tenth = Math.floor((10 * progress.done) / Math.max(1, progress.total));
    if (tenth <= said) return;
    said = tenth;
    say(`${progressText(progress)}.`);
  };
}
