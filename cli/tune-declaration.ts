import type { VerbDeclaration } from "../actions/io.ts";

export const tuneDeclaration: VerbDeclaration = {
  name: "tune",
  title: "adaptive-deploy: tune",
  description:
    "Shows what a policy would have done with past rollouts before it is enforced: false alarms, detections and minutes for several rates, and the noise that they teach. `analyze tune` is the same.",
  inputs: {},
  outputs: {},
  flags: {
    history: {
      description: "File of past rollouts as JSON lines; - reads standard input.",
      default: "-",
    },
    policy: {
      description: "A shipped bundle (default, regulated, firmware) or a local folder.",
      default: "default",
    },
    service: { description: "Tune what policy says for this service." },
    environment: { description: "Tune what policy says for this environment.", default: "production" },
    "false-alarms": {
      description:
        "Rates to compare, in percent of rollouts without an effect; policy's own is always among them.",
      default: "0.5,1,2,5",
    },
    out: {
      description: "Folder for tuning.json, tuning.md, tuning.svg and report.html; empty: none is written.",
    },
    json: { description: "Print tuning.json.", flag: true },
    markdown: { description: "Print the tables as Markdown.", flag: true },
  },
};
