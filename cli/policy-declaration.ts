import type { VerbDeclaration } from "../actions/io.ts";

export const policyDeclaration: VerbDeclaration = {
  name: "policy",
  title: "adaptive-deploy: policy",
  usage: "check|test|impact|propose [folder] [flags]",
  description:
    "check: schema and lint of a bundle. test: the bundle's own cases. impact: recorded decisions replayed under two bundles, with who moved between buckets. propose: the policy folder's edits that are not committed, as a pull request with that impact.",
  inputs: {},
  outputs: {},
  flags: {
    from: { description: "impact: the bundle before, a shipped name or a folder.", default: "default" },
    facts: { description: "impact: facts as JSON lines (risk-inputs-for-decision.json, one a line)." },
    repo: {
      description:
        "impact, propose: the git checkout whose merged changes are replayed where --facts is not given. Default: this folder.",
    },
    repository: { description: "propose: owner/name on GitHub, where the remote origin does not say it." },
    title: { description: "propose: title of the pull request." },
    json: { description: "Print the result as JSON.", flag: true },
  },
};
