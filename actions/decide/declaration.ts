import { targets } from "../../core/change/targets.ts";
import { modes } from "../../core/policy/modes.ts";
import type { VerbDeclaration } from "../io.ts";

export const failOnValues = ["blocked", "needs-approval", "never"] as const;

export const decideDeclaration: VerbDeclaration = {
  name: "decide",
  title: "adaptive-deploy: decide",
  description: "Says how risky a change is, why, how it should be rolled out and whether it may go.",
  inputs: {
    "github-token": {
      description:
        "Token that reads the change and, with `comment: true`, writes the comment and the check run.",
      default: "${{ github.token }}",
      secret: true,
    },
    policy: {
      description:
        "A shipped bundle (default, regulated, firmware) or a folder on the default branch. Empty: what `.github/adaptive-deploy.yml` there says, else default.",
    },
    inputs: {
      description: "File with facts from an earlier job (`risk-inputs.json`), for example from `collect`.",
    },
    reports: {
      description:
        "Globs of test, coverage and scan reports, one a line: JUnit, lcov, Cobertura, SARIF, CycloneDX.",
      lines: true,
    },
    service: { description: "Decide for this service of `services.yaml` alone." },
    environment: {
      description:
        "Where the change is going. Empty: what `.github/adaptive-deploy.yml` says, else production.",
    },
    target: { description: "What will move the traffic.", allowed: targets },
    mode: { description: "Strengthens the policy's mode, and never weakens it.", allowed: modes },
    comment: {
      description: "Write a sticky comment and a check run.",
      default: "false",
      allowed: ["true", "false"],
      workflow: true,
    },
    "fail-on": {
      description:
        "What fails the step in advisory mode. Enforced mode always fails on both, shadow never does.",
      default: "blocked",
      allowed: failOnValues,
    },
    "wait-for-approval": {
      description:
        "How long to wait for an approval that is missing, for example 30m or 2h: at most 5h50m. Empty: not at all.",
      workflow: true,
    },
    candidate: { description: "What would be rolled out: an image, a digest or a file." },
  },
  outputs: {
    "decision-id": "Name of the decision: equal facts and equal policy give the equal name.",
    services: "JSON list of the services that the change touches.",
    "risk-score": "0–100, a whole number.",
    strategy: "rolling, canary, blue-green or cohorts.",
    pace: "JSON list of the steps: weight, batch or cohort, window, healthy windows.",
    allowed: "`true` where policy lets the change go now, in every mode.",
    "needs-approval": "`true` where a person has to approve first.",
    "reason-code": "Why, as one word for machines.",
    decision: "Path of `risk-decision.json`.",
    result: "The decision as JSON on one line, without the long lists.",
  },
  flags: {
    repo: { description: "Folder of the git checkout.", default: "." },
    base: { description: "Commit or branch that the change is measured against." },
    head: { description: "Commit that is decided on.", default: "HEAD" },
    json: { description: "Print risk-decision.json.", flag: true },
    markdown: { description: "Print the comment as Markdown.", flag: true },
    svg: { description: "Write a picture of the contributors to this file." },
    out: { description: "Write risk-decision.json to this file." },
    now: { description: "Decide as if at this instant (ISO 8601), for calendars and replays." },
    record: { description: "Append the decision to the ledger of the configuration.", flag: true },
  },
};
