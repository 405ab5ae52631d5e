import { UserError } from "../../core/errors.ts";
import type { Evidence, Look } from "../../core/rollout/around.ts";
import { comparedSteps } from "../../core/rollout/course.ts";
import type { AnalyzePorts } from "../analyze/run.ts";
import { type EvidenceInputs, policyOfPlan } from "./evidence-inputs.ts";
import { type Compared, compare, lookAtStep } from "./evidence-step.ts";
import type { Watched } from "./watched.ts";
import { withoutEvidence } from "./without-evidence.ts";

/**
 * Evidence out of the analyzer: one comparison over all steps of a rollout, so that false alarms are held over all of
 * its looks together. Nothing is kept that could not be measured again: another runner asks the store for all windows
 * since the first step, whose time is in the ledger.
 */
export function telemetryEvidence(given: EvidenceInputs, ports: AnalyzePorts): Evidence {
  let current: Compared | undefined;
  const telling: AnalyzePorts = { ...ports, write: (name, text) => written(ports, name, text) };
  return {
    look: async (state, step, since): Promise<Look> => {
      const { plan, doing } = state;
      const policy = policyOfPlan(plan, ports.resolved);
      const share = plan.steps[step]?.share ?? 100;
      const known = comparedSteps(state.reachedAt, policy.windowSeconds);
      const reached = known.length > 0 ? known : [{ step, share, at: since }];
      const watched: Watched = { state, step, since, baking: doing.kind === "baking", reached };
      try {
        if (current === undefined || current.name !== nameOf(watched))
          current = await compare(nameOf(watched), watched, given, telling, policy);
        return await lookAtStep(current, watched);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return withoutEvidence(error, watched, policy, ports.now());
      }
    },
  };
}

function nameOf({ state, reached }: Watched): string {
  return `${state.plan.rollout} ${reached[0]?.at}`;
}

/** A disk that is full holds no rollback up: what could not be written is told. */
async function written(ports: AnalyzePorts, name: string, text: string): Promise<string> {
  try {
    return await ports.write(name, text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ports.progress(error.message);
    return name;
  }
}
