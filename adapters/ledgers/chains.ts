import type { HistorySummary } from "../../core/change/history.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { calibrationNow } from "../../core/learning/shadow/report.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Chain, Ledger } from "../../core/ports.ts";

/** All that a ledger holds. One that was tampered with proves nothing, neither for a model nor against it. */
export async function chainsOf(
  ledger: Ledger,
  isWanted = (_stream: string): boolean => true,
): Promise<Chain[]> {
  const chains: Chain[] = [];
  for (const stream of (await ledger.streams()).filter(isWanted)) {
    const chain = await ledger.read(stream);
    if (chain.fault !== undefined) throw tampered(chain.fault);
    chains.push(chain);
  }
  return chains;
}

/** With how the outcomes of releases fit what the policy's model said of them, where a ledger tells. */
export async function withCalibration(
  summary: HistorySummary,
  ledger: Ledger | null,
  policy: PolicyBundle,
  now: Date,
): Promise<HistorySummary> {
  if (ledger === null || policy.model === undefined) return summary;
  const chains = await chainsOf(ledger, (stream) => stream !== changesStream);
  const calibration = calibrationNow(chains, policy, now.getTime() / 1000);
  return calibration === undefined ? summary : { ...summary, model_calibration: calibration };
}
