import { rolloutsIn } from "./given.ts";
import { fixed, kayenta, ours, ranks } from "./judges.ts";
import { rateOf, rateText, table } from "./rates.ts";

/** Recorded rollouts with known truth, looked at after every window. */
export function replays(): void {
  for (const world of ["W1", "W2", "W3"]) {
    const rollouts = rolloutsIn(`canary/rollouts_${world}.jsonl`);
    const history = rolloutsIn(`canary/history_${world}.jsonl`);
    if (!rollouts || !history) {
      console.log(`Skipped ${world}: no ../shared/data/canary beside this checkout.`);
      continue;
    }
    const of = (truth: string) => rollouts.filter(({ id }) => id.includes(`-${truth}-`));
    const rows = [ours(history), ours([]), kayenta, ranks, fixed].map((judge) => [
      judge.name,
      rateText(rateOf(judge, of("same")), false),
      rateText(rateOf(judge, of("errors")), true),
      rateText(rateOf(judge, of("latency")), true),
    ]);
    table(
      `${world}: 300 rollouts a truth, 30 windows of 2 minutes`,
      ["judge", "false alarms", "errors 1→2 %", "p95 +20 %"],
      rows,
    );
  }
}
