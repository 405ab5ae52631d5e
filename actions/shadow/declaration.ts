import type { VerbDeclaration } from "../io.ts";

export const shadowDeclaration: VerbDeclaration = {
  name: "shadow",
  title: "adaptive-deploy: shadow",
  description:
    "Holds what weights and model said of each release against how it went: what each would have held up, whether the model may count for more, and whether it has drifted. Changes nothing by itself.",
  inputs: {
    "github-token": {
      description:
        "Token that reads the ledger (contents: read), and keeps the issue and proposes where asked to.",
      default: "${{ github.token }}",
      secret: true,
    },
    policy: {
      description:
        "A shipped bundle (default, regulated, firmware) or a folder; empty: what the repository says.",
    },
    service: { description: "Only this service." },
    environment: { description: "Only this environment." },
    since: {
      description: "How far back releases count, as 90d.",
      default: "180d",
    },
    issue: {
      description:
        "Keep the report in one issue, which is rewritten rather than opened again: needs issues: write.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
    propose: {
      description:
        "Open a pull request with the states that services may rise or should fall to: needs contents: write and pull-requests: write.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
  },
  outputs: {
    report: "Path of `shadow.json`.",
    drifted: "true where the model in force has drifted.",
    issue: "Address of the issue, where one is kept.",
    proposal: "Address of the pull request that proposes other states, where there is one.",
    "reason-code": "Why the step failed, where it did.",
  },
  flags: {
    folder: { description: "A file ledger's folder." },
    repo: { description: "Git checkout with the policy, whose ledger branches are read.", default: "." },
    remote: {
      description: "Remote that holds the ledger branches; none reads the local ones.",
      default: "origin",
    },
    url: { description: "Address of the App that keeps the ledger; its token is ADAPTIVE_DEPLOY_TOKEN." },
    repository: { description: "owner/name, for a ledger that the App keeps, the issue and proposals." },
    now: { description: "ISO 8601 instant that counts as now." },
    markdown: { description: "File for the report as Markdown." },
    html: { description: "File for the report as a page with its pictures." },
    json: { description: "Print shadow.json.", flag: true },
  },
};
