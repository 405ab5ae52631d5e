import type { Gathered } from "../adapters/github/gather.ts";
import { type TrafficTold, trafficOfChange } from "../adapters/telemetry/traffic.ts";
import { UserError } from "../core/errors.ts";
import { optional } from "../core/optional.ts";
import type { TelemetrySettings } from "../core/policy/schema.ts";
import type { Telemetry } from "../core/ports.ts";
import type { telemetryOf } from "./telemetry-stores.ts";

export type ReadTraffic = (
  repository: string,
  gathered: Pick<Gathered, "policy" | "configuration" | "measured">,
  around: { environment: string; service?: string | undefined },
) => Promise<TrafficTold>;

const keptMs = 5 * 60_000;
const mostKept = 500;

/**
 * Traffic and error budget for a decision. Kept for some minutes: a command that asks again decides by the numbers that
 * the check was made of, and a store is not asked for every comment.
 */
export function trafficReader(telemetry: ReturnType<typeof telemetryOf>, now: () => Date): ReadTraffic {
  const known = new Map<string, { until: number; told: Promise<TrafficTold> }>();
  return async (repository, { policy, configuration, measured }, { environment, service }) => {
    const about = { head: measured.change?.head, policy: policy.version.hash, environment, service };
    const key = JSON.stringify([repository, about, configuration.telemetry]);
    const at = now();
    const before = known.get(key);
    if (before && before.until > at.getTime()) return before.told;
    const told = opened(telemetry, repository, configuration.telemetry, (open) =>
      trafficOfChange(open, {
        ...{ policy, measured, environment, now: at, trusted: true },
        ...optional("service", service ?? configuration.service),
      }),
    );
    known.delete(key);
    known.set(key, { until: at.getTime() + keptMs, told });
    for (const oldest of known.keys()) if (known.size > mostKept) known.delete(oldest);
    return told;
  };
}

/** A store that this repository may not ask is a problem to tell, and no reason not to decide. */
async function opened(
  telemetry: ReturnType<typeof telemetryOf>,
  repository: string,
  wanted: TelemetrySettings | undefined,
  read: (open: () => Telemetry) => Promise<TrafficTold>,
): Promise<TrafficTold> {
  try {
    const store = telemetry(repository, wanted);
    return store ? await read(() => store) : { given: [], problems: [] };
  } catch (error) {
    if (error instanceof UserError) return { given: [], problems: [error.message] };
    throw error;
  }
}
