import type { Gathered } from "../adapters/github/gather.ts";
import { type TrafficTold, trafficOfChange } from "../adapters/telemetry/traffic.ts";
import { touchedServices } from "../core/change/services.ts";
import { UserError } from "../core/errors.ts";
import { optional } from "../core/optional.ts";
import type { Services, TelemetrySettings } from "../core/policy/schema.ts";
import type { Telemetry } from "../core/ports.ts";
import type { telemetryOf } from "./telemetry-stores.ts";

export type ReadTraffic = (
  repository: string,
  gathered: Pick<Gathered, "policy" | "configuration" | "measured">,
  around: { environment: string; service?: string | undefined },
) => Promise<TrafficTold>;

const keptMs = 5 * 60_000;
const mostKept = 500;
const none: Services = { "schema-version": 1, services: [] };

/**
 * Traffic and error budget for a decision. An answer is kept for some minutes: a command that asks again decides by the
 * numbers that the check was made of, and a store is not asked for every comment.
 */
export function trafficReader(telemetry: ReturnType<typeof telemetryOf>, now: () => Date): ReadTraffic {
  const known = new Map<string, { until: number; told: Promise<TrafficTold> }>();
  return async (repository, { policy, configuration, measured }, { environment, service }) => {
    const touched = touchedServices(policy.services ?? none, measured.diff?.changed_files ?? []);
    const about = {
      ...{ head: measured.change?.head, base: measured.change?.base, environment, service },
      ...{ policy: policy.version.hash, touched: touched.map((one) => one.service.name).sort() },
    };
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
    const reading = { until: at.getTime() + keptMs, told };
    known.delete(key);
    known.set(key, reading);
    for (const oldest of known.keys()) if (known.size > mostKept) known.delete(oldest);
    const forget = () => {
      if (known.get(key) === reading) known.delete(key);
    };
    // A store that was down for a moment is asked again.
    told.then(({ failed }) => failed && forget(), forget);
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
    if (error instanceof UserError) return { given: [], problems: [error.message], failed: true };
    throw error;
  }
}
