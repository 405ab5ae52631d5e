import type { VerbDeclaration } from "../actions/io.ts";

export const scoreDeclaration: VerbDeclaration = {
  name: "score",
  title: "adaptive-deploy: score",
  description:
    "Scores facts, one JSON document a line, and prints one line of JSON for each: no gates, no plan.",
  inputs: {},
  outputs: {},
  flags: {
    inputs: { description: "File of facts as JSON lines; - reads standard input.", default: "-" },
    policy: {
      description: "A shipped bundle (default, regulated, firmware) or a local folder.",
      default: "default",
    },
  },
};
