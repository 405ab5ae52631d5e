import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { analyzeDeclaration } from "../../actions/analyze/declaration.ts";
import { canaryStepDeclaration } from "../../actions/canary-step/declaration.ts";
import { collectDeclaration } from "../../actions/collect/declaration.ts";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import type { InputDeclaration } from "../../actions/io.ts";
import { learnDeclaration } from "../../actions/learn/declaration.ts";
import { rollbackDeclaration } from "../../actions/rollback/declaration.ts";
import { rolloutDeclaration } from "../../actions/rollout/declaration.ts";
import { shadowDeclaration } from "../../actions/shadow/declaration.ts";

/** The part of GitHub's workflow syntax that the examples use; anything else is a fault, so that a typo is one. */

const text = z.union([z.string(), z.number(), z.boolean()]);
const scope = z.enum([
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "id-token",
  "issues",
  "pull-requests",
]);
const permissions = z.partialRecord(scope, z.enum(["read", "write", "none"]));

const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), text).optional(),
  env: z.record(z.string(), text).optional(),
});

const job = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  "runs-on": z.union([z.string(), z.array(z.string())]).optional(),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  strategy: z
    .strictObject({ matrix: z.record(z.string(), z.unknown()), "fail-fast": z.boolean().optional() })
    .optional(),
  "timeout-minutes": z.number().optional(),
  environment: z.union([z.string(), z.strictObject({ name: z.string(), url: z.string() })]).optional(),
  permissions: permissions.optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  steps: z.array(step).optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), text).optional(),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.unknown(),
  permissions,
  jobs: z.record(z.string(), job),
});

const manifest = z.object({ inputs: z.record(z.string(), z.object({ description: z.string() })) });
const declared: Record<string, Record<string, InputDeclaration>> = {
  "org/adaptive-deploy": rolloutDeclaration.inputs,
  "org/adaptive-deploy/decide": decideDeclaration.inputs,
  "org/adaptive-deploy/collect": collectDeclaration.inputs,
  "org/adaptive-deploy/analyze": analyzeDeclaration.inputs,
  "org/adaptive-deploy/canary-step": canaryStepDeclaration.inputs,
  "org/adaptive-deploy/rollback": rollbackDeclaration.inputs,
  "org/adaptive-deploy/shadow": shadowDeclaration.inputs,
  "org/adaptive-deploy/learn": learnDeclaration.inputs,
  // Made of the others by hand: what its manifest lists is what it takes.
  "org/adaptive-deploy/canary": manifest.parse(
    parse(readFileSync(join(import.meta.dirname, "../../actions/canary/action.yml"), "utf8")),
  ).inputs,
};

/** What is wrong with an example: its shape, an input that no declaration has, a value that is not allowed. */
export function readWorkflow(value: unknown): string[] {
  const read = workflow.safeParse(value);
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return Object.entries(read.data.jobs).flatMap(([name, one]) => [
    ...(one.steps || one.uses ? [] : [`${name} does nothing`]),
    ...(one.steps && !one["runs-on"] ? [`${name} says no runs-on`] : []),
    ...(one.steps ?? []).flatMap((each) => faultsOfStep(each)),
  ]);
}

function faultsOfStep({ uses, run, with: given = {} }: z.infer<typeof step>): string[] {
  if (uses === undefined) return run === undefined ? ["a step without uses or run"] : [];
  const [action = "", tag = ""] = uses.split("@");
  if (!/^(v\d+|[0-9a-f]{40})$/.test(tag)) return [`${uses} names neither a major version nor a commit`];
  if (!action.startsWith("org/adaptive-deploy")) return [];
  const inputs = declared[action];
  if (!inputs) return [`${action} is not shipped`];
  return Object.entries(given).flatMap(([name, said]) => {
    const input = inputs[name];
    if (!input) return [`${action} has no input ${name}`];
    return input.allowed && !input.allowed.includes(String(said)) ? [`${name} may not be ${said}`] : [];
  });
}
