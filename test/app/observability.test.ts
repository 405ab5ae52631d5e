import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { appConfiguration } from "../../app/configuration.ts";
import { appMetrics } from "../../app/metrics.ts";
import { queueGauges } from "../../app/queue-gauges.ts";
import { privateKey } from "./private-key.ts";

/** What docs/observability.md says is held against the registry and the settings. */
const page = readFileSync(join(import.meta.dirname, "../../docs/observability.md"), "utf8");
const counted = z.object({
  name: z.string(),
  help: z.string(),
  type: z.string(),
  labelNames: z.array(z.string()),
});
let metrics: z.infer<typeof counted>[];
beforeAll(() => {
  const { registry } = appMetrics();
  queueGauges(registry, { query: async () => [] });
  expect(registry).toBeInstanceOf(Registry);
  metrics = registry
    .getMetricsAsArray()
    .map((metric) => counted.parse(metric))
    .filter(({ name }) => name.startsWith("adaptive_deploy_"));
});

test("the table of metrics is the registry", () => {
  const rows = [...page.matchAll(/^\| `(adaptive_deploy_\w+)` \| (\w+) \| (.+?) \| (.+) \|$/gm)];
  const told = rows.map(([, name, type, labels, help]) => ({ name, type, labels, help }));
  const list = (labels: string[]): string => labels.map((one) => `\`${one}\``).join(", ") || "–";
  expect(told).toEqual(
    metrics.map(({ name, type, labelNames, help }) => ({ name, type, labels: list(labelNames), help })),
  );
});

describe("the alerts", () => {
  const rules = z.object({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^[A-Z]\w+$/),
            expr: z.string(),
            for: z.string().regex(/^\d+[smh]$/),
            labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
            annotations: z.strictObject({ summary: z.string() }),
          }),
        ),
      }),
    ),
  });
  const block = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const { groups } = rules.parse(parse(block));

  test.each(groups.flatMap((group) => group.rules))("$alert asks for what there is", ({ expr }) => {
    const names = [...expr.matchAll(/adaptive_deploy_\w+/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names)
      expect(metrics.map((one) => one.name)).toContain(name.replace(/_(bucket|sum|count)$/, ""));
  });
});

describe("the settings", () => {
  const keys = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "hush" };
  const named = "OTEL_EXPORTER_OTLP_ENDPOINT";

  test("of metrics and traces are taken", async () => {
    const read = await appConfiguration({
      ...keys,
      ADAPTIVE_DEPLOY_METRICS_TOKEN: "0123456789abcdef",
      [named]: "http://collector:4318",
    });
    expect(read).toMatchObject({ metricsToken: "0123456789abcdef", traces: true });
    expect(Object.keys(await appConfiguration(keys))).not.toContain("traces");
  });

  test.each([
    ["ADAPTIVE_DEPLOY_METRICS_TOKEN", "hush"],
    ["ADAPTIVE_DEPLOY_METRICS_TOKEN", "hush hush hush hush hush"],
    [named, "hush"],
    [named, "grpc://hush:4317"],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://user:hush@collector"],
  ])("an unsound %s is refused and not repeated", async (name, value) => {
    const error: unknown = await appConfiguration({ ...keys, [name]: value }).catch((one) => one);
    expect(error).toMatchObject({ reasonCode: "not-configured", message: expect.stringContaining(name) });
    expect(String(error)).not.toContain("hush");
  });
});
