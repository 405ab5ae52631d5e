import type { InputDeclaration, VerbDeclaration } from "../../actions/io.ts";
import { rollbackDeclaration } from "../../actions/rollback/declaration.ts";
import { placeInputs, rolloutDeclaration } from "../../actions/rollout/declaration.ts";
import { rolloutWords } from "../../core/commands/usage.ts";

/** Where the ledger is: as `ledger` reads it. */
const ledgerFlags = {
  repo: { description: "Git checkout whose policy and ledger are taken.", default: "." },
  folder: { description: "Folder of a file ledger, in place of the configured one." },
  remote: {
    description: "Remote that holds the ledger branches; none takes the local ones.",
    default: "origin",
  },
  url: { description: "Address of the App that keeps the ledger; its token is ADAPTIVE_DEPLOY_TOKEN." },
  repository: { description: "owner/name, for a ledger that the App keeps and for reverts." },
} satisfies Record<string, InputDeclaration>;

const documentFlags = {
  json: { description: "Print the document as JSON.", flag: true },
  markdown: { description: "Print it as Markdown.", flag: true },
} satisfies Record<string, InputDeclaration>;

const { policy, service, environment } = placeInputs;
const placeFlags = { policy, service, environment };

const backFlags = {
  "dry-run": { description: "Shows what a rollback would do and ask for; nothing moves.", flag: true },
} satisfies Record<string, InputDeclaration>;

/** What switch takes: the words of a person, and next, which is what promote does at a step. */
export const words: readonly string[] = [...rolloutWords.filter((word) => word !== "status"), "next"];

export const rolloutVerb: VerbDeclaration = {
  ...rolloutDeclaration,
  title: "adaptive-deploy: rollout",
  usage: "plan|run|status|switch|undo [word] [flags]",
  description:
    "Moves a target step by step on statistical evidence, from this machine. " +
    "plan: what would happen and what the target would be asked; nothing moves. " +
    "run: begins, or goes on with the unfinished one; Ctrl-C leaves it where it is. " +
    "status: where it stands, from the ledger alone. " +
    `switch: a person's word to it: ${words.join(", ")}. ` +
    "undo: takes the running one back, or goes back to the version before.",
  outputs: {},
  flags: {
    ...ledgerFlags,
    svg: { description: "status: also draws the rollout of one service as a picture, into this file." },
    watch: { description: "status: shown anew whenever something happened, until it ended.", flag: true },
    reason: { description: "switch, undo: why, for the ledger and for whoever reads it." },
    to: {
      description: "undo: the version to go back to. Empty: the last one that was good, as the ledger tells.",
    },
    fleet: {
      description: "undo: every device of the fleet, and not only those that were touched.",
      flag: true,
    },
    ...backFlags,
    ...documentFlags,
  },
};

export const rollbackVerb: VerbDeclaration = {
  ...rollbackDeclaration,
  outputs: {},
  flags: { ...ledgerFlags, ...backFlags, ...documentFlags },
};

export const quarantineVerb: VerbDeclaration = {
  name: "quarantine",
  title: "adaptive-deploy: quarantine",
  usage: "<digest> [flags]",
  description:
    "Keeps a version out of a service, by its digest or as its target calls it: no rollout of it begins, one that is on its way is taken back, and an update server stops offering it.",
  inputs: {},
  outputs: {},
  flags: {
    ...placeFlags,
    ...ledgerFlags,
    for: { description: "How long, for example 14d. Empty: policy's `quarantine: cooldown`." },
    lift: { description: "The version may go out again.", flag: true },
    reason: { description: "Why, for the ledger and for whoever finds it." },
  },
};

export const offVerb: VerbDeclaration = {
  name: "off",
  title: "adaptive-deploy: off",
  description:
    "Keeps all automation off the target of a service: the mark stands on the target itself, and every run and the App obey it before anything else.",
  inputs: {},
  outputs: {},
  flags: {
    ...placeFlags,
    repo: ledgerFlags.repo,
    for: { description: "How long, for example 2h. Empty: until somebody lifts it." },
    lift: { description: "Automation may come back.", flag: true },
    reason: { description: "Why, for whoever finds it." },
  },
};
