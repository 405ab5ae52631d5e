import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { readConfiguration } from "../../adapters/policy/resolve.ts";
import { fileTelemetry } from "../../adapters/telemetry/file.ts";
import { openTelemetry, telemetryHomes } from "../../adapters/telemetry/index.ts";
import { prometheusDefaults } from "../../adapters/telemetry/prometheus-config.ts";
import { metricsOf } from "../../core/analysis/service-metrics.ts";
import { telemetryKinds } from "../../core/policy/schema.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/telemetry.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text,
}));
const file = (name: string): string => blocks.find(({ text }) => text.startsWith(`# ${name}\n`))?.text ?? "";

describe("docs/telemetry.md", () => {
  it("has blocks that are files of their own, and no others", () => {
    const names = blocks
      .filter(({ language }) => language === "yaml")
      .map(({ text }) => text.split("\n", 1)[0]);
    expect(names).toEqual(["# adaptive-deploy.yml", "# services.yaml", "# queries.yaml"]);
  });

  it("has a configuration that opens", () => {
    const { telemetry } = readConfiguration(file("adaptive-deploy.yml"));
    if (telemetry === undefined) throw new Error("the configuration has no telemetry");
    expect(openTelemetry(telemetry, { TELEMETRY_TOKEN: "secret" })).toHaveProperty("read");
  });

  it.each(["services.yaml", "queries.yaml"])("has a %s without a problem", (name) => {
    const bundle = folderBundle(new Map([[name, file(name)]]), { name: "docs", commit: "docs" });
    for (const { telemetry } of bundle.services?.services ?? []) {
      const { metrics } = metricsOf(telemetry ?? {}, bundle.queries);
      expect(metrics.map((metric) => metric.name)).toEqual([
        "crash-loops",
        "error-rate",
        "latency-p95",
        "payment-failures",
        "saturation",
      ]);
    }
  });

  it("begins in docs/analyze.md with services that are measured", () => {
    const beginning = readFileSync(join(import.meta.dirname, "../../docs/analyze.md"), "utf8");
    const [, services = ""] = /^```yaml\n(# services\.yaml\n[\s\S]*?)^```$/m.exec(beginning) ?? [];
    const bundle = folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" });
    const [service] = bundle.services?.services ?? [];
    const shipped = readFileSync(join(import.meta.dirname, "../../policies/default/queries.yaml"), "utf8");
    const { queries } = folderBundle(new Map([["queries.yaml", shipped]]), { name: "docs", commit: "docs" });
    const { metrics, faults } = metricsOf(service?.telemetry ?? {}, queries);
    expect(faults).toEqual([]);
    expect(metrics.map((metric) => metric.name)).toEqual(["error-rate", "latency-p95"]);
  });

  it("has recorded answers that are read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "telemetry-docs-"));
    const path = join(folder, "answers.json");
    await writeFile(path, blocks.find(({ language }) => language === "json")?.text ?? "");
    const grid = { firstEnd: 1_700_000_040, lastEnd: 1_700_000_160, stepSeconds: 120 };
    const { values } = await fileTelemetry({ path }).read({
      name: "up",
      query: "sum(up)",
      form: "value",
      ...grid,
    });
    await rm(folder, { recursive: true });
    expect(values).toEqual([3, null]);
  });

  it("writes arms that are arms", () => {
    const written = [...page.matchAll(/`arms: (\{.*?\})`(?=[ ,|])/g)].map(([, arms]) => arms);
    expect(written.length).toBeGreaterThanOrEqual(5);
    for (const arms of written) {
      const services = `schema-version: 1\nservices:\n  - name: a\n    paths: [b]\n    telemetry: { baseline: same-time, arms: ${arms} }\n`;
      expect(() =>
        folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" }),
      ).not.toThrow();
    }
  });

  it("says the defaults that there are", () => {
    const { budget, mostBytes, timeoutSeconds, retries } = prometheusDefaults;
    const rows = { ...budget, mebibytes: mostBytes / 1024 / 1024 };
    for (const [key, value] of Object.entries(rows))
      expect(page).toContain(`| \`budget.${key}\` | ${value} |`);
    expect(page).toContain(`| \`timeout\` | ${timeoutSeconds}s |`);
    expect(page).toContain(`| \`retries\` | ${retries} |`);
  });

  it("names every kind of telemetry", () => {
    expect(Object.keys(telemetryHomes)).toEqual([...telemetryKinds]);
    for (const kind of telemetryKinds) expect(page).toContain(`kind: ${kind}`);
  });
});
