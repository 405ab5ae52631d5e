import { targetKinds } from "../../core/policy/schema/targets/index.ts";
import type { InputDeclaration, VerbDeclaration } from "../io.ts";

/** What every verb of a rollout takes; each declares what it has beside these. */
export const placeInputs = {
  "github-token": {
    description: "Token for policy, ledger, deployments and incidents.",
    default: "${{ github.token }}",
    secret: true,
  },
  policy: {
    description:
      "A shipped bundle (default, regulated, firmware) or a folder on the default branch. Empty: what `.github/adaptive-deploy.yml` there says, else default.",
  },
  service: { description: "Service of `services.yaml`: its `target:` says where it runs." },
  environment: {
    description: "Where it goes. Empty: what `.github/adaptive-deploy.yml` says, else production.",
  },
  "decision-id": { description: "Decision that the rollout follows; read from the ledger." },
  decision: {
    description: "The decision as a file (`risk-decision.json`), where there is no ledger to read.",
  },
} satisfies Record<string, InputDeclaration>;

export const candidateInputs = {
  target: {
    description: "The kind of target that is expected; another one in `services.yaml` is an error.",
    allowed: targetKinds,
  },
  candidate: { description: "What goes out, as its target calls it: an image, a package, a version." },
  stable: { description: "What it replaces. Empty: what the target says is stable." },
  "unsafe-back": {
    description:
      "Why going back would do harm, one sentence a line, for example a migrated schema: then a rollback holds and pages instead.",
    lines: true,
  },
} satisfies Record<string, InputDeclaration>;

export const telemetryInputs = {
  "telemetry-url": {
    description:
      "Address of a Prometheus API, before /api/v1. Empty: `telemetry:` of `.github/adaptive-deploy.yml`.",
  },
  "telemetry-token": {
    description:
      "Bearer token for telemetry-url; on the command line, the variable TELEMETRY_TOKEN holds it.",
    secret: true,
  },
  "candidate-labels": {
    description:
      "What tells the candidate apart in the telemetry, one a line: `version=1.5.0`, `hash=…`, `instances=a,b`. Empty: its version is the image's tag, else the name by which the target calls it.",
    lines: true,
  },
  "stable-labels": { description: "The same of the stable version.", lines: true },
  history: { description: "File of past rollouts as JSON lines, which the noise is learnt from." },
  out: { description: "Folder that documents are written to.", default: "rollout" },
} satisfies Record<string, InputDeclaration>;

export const waitInput: InputDeclaration = {
  description:
    "How long to wait for a person, for example 30m: for an approval that is missing, or for a word to a rollout that stands. Then the job ends, and the rollout is left as it is.",
  default: "30m",
};

/** What is done with rollouts whose run fell silent. */
export const adoptValues = ["hold", "drive"] as const;
export const onCancel = ["hold", "rollback"] as const;

export const rolloutOutputs = {
  rollout: "Name of the rollout in the ledger.",
  outcome:
    "completed, rolled-back, or where it stands: standing, paused, approval, watching, moving, not-ours …",
  "reason-code": "Why, as one word for machines.",
  stable: "The version that is stable now.",
};

/** The root action: decide, then step by step to the end. */
export const rolloutDeclaration: VerbDeclaration = {
  name: "rollout",
  title: "adaptive-deploy",
  description:
    "A whole rollout: reads the decision, moves the target step by step on statistical evidence, and promotes or rolls back.",
  inputs: {
    ...placeInputs,
    ...candidateInputs,
    ...telemetryInputs,
    "wait-for-approval": waitInput,
    "on-cancel": {
      description: "What a cancelled job leaves: hold (others go on with it), or rollback.",
      default: "hold",
      allowed: onCancel,
      workflow: true,
    },
    adopt: {
      description:
        "For a watchdog, in place of a rollout of its own: every rollout of the ledger whose run fell silent is held and paged, or driven on.",
      allowed: adoptValues,
      workflow: true,
    },
  },
  outputs: rolloutOutputs,
  flags: {},
};
