import { analyzeDeclaration } from "../actions/analyze/declaration.ts";
import { collectDeclaration } from "../actions/collect/declaration.ts";
import { decideDeclaration } from "../actions/decide/declaration.ts";
import type { VerbDeclaration } from "../actions/io.ts";
import { learnDeclaration } from "../actions/learn/declaration.ts";
import { shadowDeclaration } from "../actions/shadow/declaration.ts";
import { backtestDeclaration } from "./backtest-declaration.ts";
import { judgeDeclaration } from "./judge-declaration.ts";
import { ledgerDeclaration } from "./ledger-declaration.ts";
import { policyDeclaration } from "./policy-declaration.ts";
import { predictDeclaration } from "./predict-declaration.ts";
import { offVerb, quarantineVerb, rollbackVerb, rolloutVerb } from "./rollout/declaration.ts";
import { scoreDeclaration } from "./score-declaration.ts";
import type { Terminal } from "./terminal.ts";
import { trainDeclaration } from "./train-declaration.ts";
import { tuneDeclaration } from "./tune-declaration.ts";

export type Verb = {
  declaration: VerbDeclaration;
  /** Loaded when the verb runs, so that no verb pays for another. */
  load(): Promise<{ run(words: string[], terminal: Terminal): Promise<number> }>;
};

/** Every verb of the command line; help and errors are made from it. */
export const verbs: Record<string, Verb> = {
  decide: { declaration: decideDeclaration, load: () => import("./decide.ts") },
  score: { declaration: scoreDeclaration, load: () => import("./score.ts") },
  analyze: { declaration: analyzeDeclaration, load: () => import("./analyze.ts") },
  judge: { declaration: judgeDeclaration, load: () => import("./judge.ts") },
  tune: { declaration: tuneDeclaration, load: () => import("./tune.ts") },
  train: { declaration: trainDeclaration, load: () => import("./train.ts") },
  predict: { declaration: predictDeclaration, load: () => import("./predict.ts") },
  learn: { declaration: learnDeclaration, load: () => import("./learn.ts") },
  backtest: { declaration: backtestDeclaration, load: () => import("./backtest.ts") },
  shadow: { declaration: shadowDeclaration, load: () => import("./shadow.ts") },
  rollout: { declaration: rolloutVerb, load: () => import("./rollout/index.ts") },
  rollback: { declaration: rollbackVerb, load: () => import("./rollout/back.ts") },
  quarantine: { declaration: quarantineVerb, load: () => import("./rollout/quarantine.ts") },
  off: { declaration: offVerb, load: () => import("./rollout/off.ts") },
  collect: { declaration: collectDeclaration, load: () => import("./collect.ts") },
  policy: { declaration: policyDeclaration, load: () => import("./policy.ts") },
  ledger: { declaration: ledgerDeclaration, load: () => import("./ledger.ts") },
};
