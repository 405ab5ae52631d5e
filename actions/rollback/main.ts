import "../once.ts";
import * as toolkit from "@actions/core";
import { asStep } from "../rollout/hand-on.ts";
import { inputsOf } from "../runner.ts";
import { rollbackDeclaration } from "./declaration.ts";
import { rollbackInputs } from "./inputs.ts";
import { runRollback } from "./run.ts";

await asStep(toolkit, rollbackDeclaration, (ports) =>
  runRollback(rollbackInputs(inputsOf(toolkit, rollbackDeclaration)), ports),
);
