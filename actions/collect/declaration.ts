import type { VerbDeclaration } from "../io.ts";

export const collectDeclaration: VerbDeclaration = {
  name: "collect",
  title: "adaptive-deploy: collect",
  description:
    "Writes what a build knows of a change (risk-inputs.json) and of itself (build-info.json) for a later job.",
  inputs: {
    "github-token": {
      description: "Token that writes the history summary, where `history: true`.",
      default: "${{ github.token }}",
      secret: true,
    },
    reports: {
      description:
        "Globs of test, coverage and scan reports, one a line: JUnit, lcov, Cobertura, SARIF, CycloneDX.",
      lines: true,
    },
    artifacts: {
      description: "Globs of files whose SHA-256 build-info.json names, one a line.",
      lines: true,
    },
    base: { description: "Commit or branch that the change is measured against." },
    head: { description: "Commit that is measured.", default: "HEAD" },
    history: {
      description:
        "Refresh history.json on the branch adaptive-deploy/history: for pushes to the default branch. The command line writes the file and no branch.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
  },
  outputs: {
    inputs: "Path of `risk-inputs.json`.",
    "build-info": "Path of `build-info.json`.",
    history: "The commit that holds the refreshed summary, where one was written.",
    "reason-code": "Why the step failed, where it did.",
  },
  flags: {
    repo: { description: "Folder of the git checkout.", default: "." },
    out: { description: "Folder that the documents are written to.", default: "." },
  },
};
