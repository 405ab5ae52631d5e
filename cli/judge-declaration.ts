import type { VerbDeclaration } from "../actions/io.ts";
import { judges } from "../core/policy/schema/analysis.ts";

export const judgeDeclaration: VerbDeclaration = {
  name: "judge",
  title: "adaptive-deploy: judge",
  description:
    "Judges recorded rollouts, one JSON document a line, as if each were running: looks at every window and prints verdict, window and reason.",
  inputs: {},
  outputs: {},
  flags: {
    cases: { description: "File of rollouts as JSON lines; - reads standard input.", default: "-" },
    history: { description: "File of past rollouts of the same form, which the noise is learnt from." },
    policy: {
      description: "A shipped bundle (default, regulated, firmware) or a local folder.",
      default: "default",
    },
    judge: {
      description: "sequential or kayenta, before what policy says.",
      allowed: judges,
    },
    service: { description: "Judge as policy says for this service." },
    environment: { description: "Judge as policy says for this environment.", default: "production" },
  },
};
