import type { VerbDeclaration } from "../io.ts";
import {
  candidateInputs,
  placeInputs,
  rolloutOutputs,
  telemetryInputs,
  waitInput,
} from "../rollout/declaration.ts";

export const canaryStepDeclaration: VerbDeclaration = {
  name: "canary-step",
  title: "adaptive-deploy: canary-step",
  description:
    "One step of a rollout: the candidate gets its next share and is watched there; the rollout stays open for the next step.",
  inputs: {
    ...placeInputs,
    ...candidateInputs,
    ...telemetryInputs,
    step: {
      description:
        "next: one step further, beginning the rollout where none is under way. A number: until that step was healthy. promote: the step was found healthy elsewhere, for example by analyze. pause, resume and status: of the rollout that is under way.",
      default: "next",
    },
    watch: {
      description:
        "false: leave as soon as the candidate has the share, because somebody else watches it, for example analyze; then say promote.",
      default: "true",
      allowed: ["true", "false"],
    },
    reason: { description: "Why: for promote and pause, as the ledger keeps it." },
    "wait-for-approval": waitInput,
  },
  outputs: {
    ...rolloutOutputs,
    step: "The step that it stands at, counted from 1; empty where it is at none.",
    share: "Percent that the candidate was last seen to have.",
  },
  flags: {},
};
