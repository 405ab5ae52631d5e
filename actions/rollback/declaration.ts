import type { VerbDeclaration } from "../io.ts";
import { placeInputs, rolloutOutputs, telemetryInputs } from "../rollout/declaration.ts";

export const rollbackDeclaration: VerbDeclaration = {
  name: "rollback",
  title: "adaptive-deploy: rollback",
  description:
    "Takes a service back at once: what is on its way is aborted, else the last version that was good gets everything. It asks for no decision and waits for nobody.",
  inputs: {
    "github-token": placeInputs["github-token"],
    policy: placeInputs.policy,
    service: placeInputs.service,
    environment: placeInputs.environment,
    "decision-id": {
      description: "Take back only what follows this decision. Empty: whatever there is.",
    },
    to: {
      description: "The version to go back to. Empty: the last one that was good, as the ledger tells.",
    },
    fleet: {
      description:
        "Every device of the fleet gets that version, and not only those that the last rollout touched.",
      flag: true,
    },
    reason: { description: "Why, for the ledger and for whoever reads it." },
    out: telemetryInputs.out,
  },
  outputs: rolloutOutputs,
  flags: {},
};
