import type { VerbDeclaration } from "../actions/io.ts";

export const ledgerDeclaration: VerbDeclaration = {
  name: "ledger",
  title: "adaptive-deploy: ledger",
  usage: "show|verify|export [stream] [flags]",
  description:
    "show: the events of a stream. verify: whether the hash chain holds, and what pins its head. export: for auditors.",
  inputs: {},
  outputs: {},
  flags: {
    folder: { description: "A file ledger's folder." },
    repo: { description: "Git checkout whose ledger branches are read.", default: "." },
    remote: {
      description: "Remote that holds the ledger branches; none reads the local ones.",
      default: "origin",
    },
    url: { description: "Address of the App that keeps the ledger; its token is ADAPTIVE_DEPLOY_TOKEN." },
    repository: { description: "owner/name, for a ledger that the App keeps." },
    since: {
      description: "export: only events from then on: a day, an ISO 8601 instant, or a time back as in 90d.",
    },
    until: { description: "export: only events before then, spelt likewise." },
    anchors: {
      description: "verify: JSON list of {stream, sequence, hash} that was kept outside of the ledger.",
    },
    csv: { description: "export: CSV instead of JSON lines.", flag: true },
    json: { description: "Print JSON.", flag: true },
  },
};
