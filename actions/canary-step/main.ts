import "../once.ts";
import * as toolkit from "@actions/core";
import { asStep } from "../rollout/hand-on.ts";
import { inputsOf } from "../runner.ts";
import { canaryStepDeclaration } from "./declaration.ts";
import { canaryStepInputs } from "./inputs.ts";
import { runCanaryStep } from "./run.ts";

await asStep(toolkit, canaryStepDeclaration, (ports) =>
  runCanaryStep(canaryStepInputs(inputsOf(toolkit, canaryStepDeclaration)), ports),
);
