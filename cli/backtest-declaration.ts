import type { VerbDeclaration } from "../actions/io.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";

export const backtestDeclaration: VerbDeclaration = {
  name: "backtest",
  title: "adaptive-deploy: backtest",
  description:
    "Replays past changes in the order of time under the heuristic, an old model and a new one, each answer by what was known then, and says how much better the new one is, and how sure that is. Ends with 2 where it is worse.",
  inputs: {},
  outputs: {},
  flags: {
    repo: { description: "Git repository whose merged changes are replayed.", default: "." },
    base: { description: "Branch or commit whose merged changes those are.", default: "HEAD" },
    csv: {
      description:
        "Replay a table in place of the repository: changes.csv of learn, or a plain one; - reads standard input.",
    },
    time: { description: "Column that says when: seconds since 1970, or ISO 8601.", default: "ts" },
    label: {
      description: "Column that says how it went: 1 failed, 0 did not; failed or bug, whichever is there.",
    },
    model: { description: "Judge the model of this file, in place of learning anew." },
    old: { description: "File of the model that decides today, to compare with." },
    policy: {
      description:
        "A shipped bundle (default, regulated, firmware) or a local folder; the repository's own where absent.",
    },
    environment: {
      description: "Bands and approvals as policy has them here; rollouts to it tell how a change went.",
      default: defaultEnvironment,
    },
    from: { description: "Test changes from this day or instant on; the newest two fifths where absent." },
    to: { description: "Test changes up to this day or instant." },
    quick: { description: "Fewer learnings and draws, no ablation: seconds.", flag: true },
    "suggest-thresholds": {
      description: "Suggest bands and approvals that keep the burden, for each service with enough changes.",
      flag: true,
    },
    burden: {
      description: "Percent of the changes that may get canary or more, blue-green, and an approval.",
      default: "20,5,2",
    },
    out: { description: "File for the suggested thresholds, as YAML for thresholds-and-windows.yaml." },
    html: { description: "File for the report: one page with pictures, which needs no network." },
    markdown: { description: "File for the summary as a pull request shows it; - prints it." },
    json: { description: "File for backtest.json; - prints it." },
    checkpoint: {
      description:
        "Folder that the reading of history is kept in as it goes, or none; in the repository's own git folder where absent.",
    },
    folder: { description: "Folder of a ledger of files, which tells how rollouts went." },
    remote: {
      description: "Remote that holds the ledger's branches; none reads the local ones.",
      default: "origin",
    },
    url: { description: "Address of the App that keeps the ledger; its token is ADAPTIVE_DEPLOY_TOKEN." },
  },
};
