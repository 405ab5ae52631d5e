import type { VerbDeclaration } from "../actions/io.ts";

export const trainDeclaration: VerbDeclaration = {
  name: "train",
  title: "adaptive-deploy: train",
  description:
    "Learns a model of risk from a table of past changes: one line each, with when it was made, how it went, and facts as numbers.",
  inputs: {},
  outputs: {},
  flags: {
    csv: { description: "Table with a head line; - reads standard input.", default: "-" },
    time: { description: "Column that says when: seconds since 1970, or ISO 8601.", default: "ts" },
    label: {
      description: "Column that says how it went: 1 failed, 0 did not, empty is not known yet.",
      default: "bug",
    },
    exclude: { description: "Columns that are not to be learnt from, between commas." },
    recalibrate: {
      description:
        "Model that is kept as it is, and put right by the newest outcomes of the table that came after it was taught.",
    },
    out: { description: "File that the model is written to.", default: "model.json" },
  },
};
