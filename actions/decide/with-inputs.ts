import type { ChangeFacts } from "../../core/change/facts.ts";
import type { DecideInputs } from "./run.ts";

/** What was measured, with what the caller's inputs say of it. */
export function withInputs(measured: ChangeFacts, inputs: DecideInputs, recordable: boolean): ChangeFacts {
  return {
    ...measured,
    context: { ...measured.context, recordable },
    ...(inputs.candidate ? { change: { ...measured.change, candidate: inputs.candidate } } : {}),
    ...(inputs.target ? { service: { ...measured.service, target: inputs.target } } : {}),
  };
}
