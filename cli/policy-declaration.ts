import type { VerbDeclaration } from "../actions/io.ts";

export const policyDeclaration: VerbDeclaration = {
  name: "policy",
  title: "adaptive-deploy: policy",
  usage: "check|test|impact [folder] [flags]",
  description:
    "check: schema and lint of a bundle. test: the bundle's own cases. impact: recorded decisions replayed under two bundles, with who moved between buckets.",
  inputs: {},
  outputs: {},
  flags: {
    from: { description: "impact: the bundle before, a shipped name or a folder.", default: "default" },
    facts: { description: "impact: facts as JSON lines (risk-inputs-for-decision.json, one a line)." },
    repo: {
      description:
        "impact: the git checkout whose merged changes are replayed where --facts is not given. Default: this folder.",
    },
    json: { description: "Print the result as JSON.", flag: true },
  },
};
