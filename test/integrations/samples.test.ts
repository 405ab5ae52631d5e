import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import * as z from "zod";
import { holding } from "../../core/analysis/gates/answer.ts";
import { argoBody, argoRequest } from "../../core/analysis/gates/argo.ts";
import { flaggerHooks, flaggerMetadata } from "../../core/analysis/gates/flagger.ts";
import { analysisDefaults } from "../../core/policy/analysis-defaults.ts";
import { durationSeconds } from "../../core/policy/duration.ts";

/** The samples for Kubernetes are held to what the API takes and to the limits that docs/argo-and-flagger.md explains. */
const read = (path: string): unknown => {
  const document = parseDocument(
    readFileSync(new URL(`../../integrations/${path}`, import.meta.url), "utf8"),
    {
      uniqueKeys: true,
    },
  );
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
};

const argument = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .union([
      z.strictObject({ podTemplateHashValue: z.enum(["Latest", "Stable"]) }),
      z.strictObject({ secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }) }),
    ])
    .optional(),
});
const template = z.object({
  apiVersion: z.literal("argoproj.io/v1alpha1"),
  kind: z.literal("AnalysisTemplate"),
  spec: z.strictObject({
    args: z.array(argument),
    metrics: z.tuple([
      z.strictObject({
        name: z.string(),
        interval: z.string(),
        count: z.int(),
        successCondition: z.literal('result.verdict == "promote"'),
        failureCondition: z.literal('result.verdict == "rollback"'),
        failureLimit: z.literal(0),
        consecutiveSuccessLimit: z.literal(1),
        inconclusiveLimit: z.int(),
        consecutiveErrorLimit: z.int().min(5),
        provider: z.strictObject({
          web: z.strictObject({
            method: z.literal("POST"),
            url: z.url(),
            timeoutSeconds: z.literal(10),
            headers: z.array(z.strictObject({ key: z.string(), value: z.string() })),
            jsonBody: z.record(z.string(), z.unknown()),
            jsonPath: z.literal("{$.data}"),
          }),
        }),
      }),
    ]),
  }),
});
const rollout = z.object({
  kind: z.literal("Rollout"),
  spec: z.object({
    strategy: z.object({
      canary: z.object({
        steps: z.array(
          z.union([
            z.strictObject({ setWeight: z.int() }),
            z.strictObject({
              analysis: z.strictObject({
                templates: z.array(z.strictObject({ templateName: z.string() })),
                args: z.array(argument),
              }),
            }),
          ]),
        ),
      }),
    }),
  }),
});

describe("Argo Rollouts", () => {
  const { spec } = template.parse(read("argo/analysis-template.yaml"));
  const [metric] = spec.metrics;
  const { steps } = rollout.parse(read("argo/rollout.yaml")).spec.strategy.canary;
  const analyses = steps.flatMap((step) => ("analysis" in step ? [step.analysis] : []));

  const filled = (text: string, values: Map<string, string>): string =>
    text.replaceAll(/\{\{args\.([a-z-]+)\}\}/g, (_, name: string) => values.get(name) ?? `{{args.${name}}}`);
  const bodyOf = (given: z.infer<typeof argument>[]): unknown => {
    const values = new Map(
      spec.args.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom ? "ad_x" : "")]),
    );
    for (const { name, value } of given) values.set(name, value ?? "6c9f7d5b8c");
    return JSON.parse(filled(JSON.stringify(metric.provider.web.jsonBody), values));
  };

  test("the template asks what the API takes, with every argument filled in", () => {
    expect(analyses).toHaveLength(2);
    for (const { args } of analyses) {
      for (const { name } of args) expect(spec.args.map((one) => one.name)).toContain(name);
      const required = spec.args.filter(({ value, valueFrom }) => value === undefined && !valueFrom);
      for (const { name } of required) expect(args.map((one) => one.name)).toContain(name);
      expect(argoRequest.parse(bodyOf(args))).toMatchObject({ service: "checkout", run: "6c9f7d5b8c" });
    }
  });

  test("steps and weights of the analyses are those of the rollout", () => {
    const said = analyses.map(({ args }) => Object.fromEntries(args.map(({ name, value }) => [name, value])));
    expect(said.map(({ step }) => step)).toEqual(["1", "2"]);
    const weights = steps.flatMap((step) => ("setWeight" in step ? [String(step.setWeight)] : []));
    expect(said.map(({ weight }) => weight)).toEqual(weights);
  });

  test("the limits wait for as long as policy does, and then pause", () => {
    expect(metric.interval).toBe(analysisDefaults.window);
    const windows = durationSeconds(analysisDefaults.longest) / durationSeconds(analysisDefaults.window);
    expect(metric.count).toBeGreaterThan(windows + 3);
    expect(metric.inconclusiveLimit).toBe(metric.count - 1);
    expect(argoBody.parse({ data: holding({ id: "a-1" }, "no-data", "") }).data.verdict).toBe("hold");
  });

  test("the token comes out of a secret", () => {
    expect(metric.provider.web.headers).toEqual([{ key: "Authorization", value: "Bearer {{args.token}}" }]);
    expect(spec.args.find(({ name }) => name === "token")?.valueFrom).toHaveProperty("secretKeyRef");
  });
});

const webhook = z.strictObject({
  name: z.string(),
  type: z.enum(flaggerHooks),
  url: z.url(),
  timeout: z.literal("10s"),
  metadata: flaggerMetadata.strict(),
});

test("Flagger's sample asks at the gates, each hook at its own address, and with no hook that counts as failed", () => {
  const canary = z
    .object({
      kind: z.literal("Canary"),
      spec: z.object({ analysis: z.object({ webhooks: z.array(webhook) }) }),
    })
    .parse(read("flagger/canary.yaml"));
  const { webhooks } = canary.spec.analysis;
  for (const { url, type } of webhooks) {
    const { pathname, password } = new URL(url);
    expect([pathname, password]).toEqual([`/v1/flagger/${type}`, "ad_TOKEN"]);
  }
  const types = webhooks.map(({ type }) => type);
  expect(types).toEqual(["confirm-rollout", "confirm-traffic-increase", "confirm-promotion", "rollback"]);
});
