import type { ServerState } from "../../../../adapters/targets/iis-arr/change-set.ts";
import constraints from "../../../../integrations/iis/constraints.json" with { type: "json" };
import type { Machine } from "./machine.ts";

/** What IIS and ARR would not take, from the table that the Windows workflow holds against the installed schema. */

export class Broken extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const smallestWeight =
  constraints.attributes.find(({ attribute }) => attribute === "weight")?.minimum ?? Number.NaN;
const newStates = new Set(Object.keys(constraints.methods[0]?.values ?? {}));

export function checkState(state: ServerState): void {
  if (!newStates.has(state)) throw new Broken("schema", `SetState knows no ${state}`);
}

export function checkConfiguration({ configuration }: Machine): void {
  for (const weights of configuration.farms.values())
    for (const [server, weight] of weights)
      if (!Number.isInteger(weight) || !(weight >= smallestWeight))
        throw new Broken("schema", `the weight of ${server} is ${weight}`);
  const taken = new Set<string>();
  for (const [site, { bindings }] of configuration.sites) {
    const keys = bindings.map(({ protocol, information }) => `${protocol}/${information}`.toLowerCase());
    if (keys.length === 0) throw new Broken("schema", `${site} has no binding`);
    for (const key of keys) {
      if (taken.has(key)) throw new Broken("conflict", `${key} is bound twice`);
      taken.add(key);
    }
  }
}
