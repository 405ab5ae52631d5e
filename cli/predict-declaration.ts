import type { VerbDeclaration } from "../actions/io.ts";

export const predictDeclaration: VerbDeclaration = {
  name: "predict",
  title: "adaptive-deploy: predict",
  description:
    "Says for each line of a table how likely the change fails, by a model of train, of XGBoost (JSON) or of LightGBM (text).",
  inputs: {},
  outputs: {},
  flags: {
    model: { description: "File of the model.", default: "model.json" },
    csv: { description: "Table with a head line; - reads standard input.", default: "-" },
    out: {
      description: "File for the answers, a line for each line of the table; - is standard output.",
      default: "-",
    },
    explain: {
      description:
        "Add what each column adds to the log-odds: phi_<column>, and phi_bias. They sum up to the log-odds.",
      flag: true,
    },
  },
};
