import { defaultEnvironment } from "../../core/policy/environment.ts";
import type { VerbDeclaration } from "../io.ts";

export const learnDeclaration: VerbDeclaration = {
  name: "learn",
  title: "adaptive-deploy: learn",
  description:
    "Learns a model of risk from the merged changes of this repository and from how their rollouts went. Changes nothing: a person merges the model, or does not.",
  inputs: {
    "github-token": {
      description:
        "Token that reads the ledger and, where asked to, deployments, and that opens the pull request.",
      default: "${{ github.token }}",
      secret: true,
    },
    base: { description: "Branch or commit whose merged changes are learnt from.", default: "HEAD" },
    environment: {
      description: "Rollouts and deployments to it tell how a change went.",
      default: defaultEnvironment,
    },
    deployments: {
      description: "Ask GitHub how deployments went; the command line takes its token from GITHUB_TOKEN.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
    "rollback-within": {
      description: "What is taken back so soon after it was out has failed.",
      default: "24h",
    },
    "stable-for": { description: "A rollout that stands for so long went well.", default: "72h" },
    out: {
      description: "Folder for model.json, model-card.md, history.json and changes.csv.",
      default: "learnt",
    },
    propose: {
      description:
        "Open a pull request with the model, where it is worth a look: needs contents: write and pull-requests: write.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
  },
  outputs: {
    model: "Path of `model.json`.",
    changes: "Path of `changes.csv`: every change, its facts and its label.",
    failures: "How many changes failed.",
    proposal: "Address of the pull request, where one was opened or refreshed.",
    "reason-code": "Why the step failed, where it did.",
  },
  flags: {
    repo: { description: "Git repository that is learnt from.", default: "." },
    policy: {
      description:
        "A shipped bundle (default, regulated, firmware) or a local folder; the repository's own where absent.",
    },
    checkpoint: {
      description:
        "Folder that the reading of history is kept in as it goes, or none; in the repository's own git folder where absent.",
    },
    folder: { description: "Folder of a ledger of files." },
    remote: {
      description: "Remote that holds the ledger's branches; none reads the local ones.",
      default: "origin",
    },
    url: { description: "Address of the App that keeps the ledger; its token is ADAPTIVE_DEPLOY_TOKEN." },
    now: { description: "ISO 8601 instant that counts as now." },
    repository: { description: "owner/name on GitHub, where the remote origin does not say it." },
  },
};
