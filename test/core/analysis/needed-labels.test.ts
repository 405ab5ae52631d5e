import { expect, it } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { missingLabel, neededLabels } from "../../../core/analysis/needed-labels.ts";
import { templatesOf } from "../../../core/analysis/queries.ts";
import { metricsOf } from "../../../core/analysis/service-metrics.ts";
import type { ServiceTelemetry } from "../../../core/policy/schema.ts";

const { queries } = shippedBundle("default");
const arms = [
  { name: "baseline", variables: { version: "1" } },
  { name: "candidate", variables: { version: "2" } },
] as const;
const neededOf = (telemetry: ServiceTelemetry) =>
  neededLabels(metricsOf(telemetry, queries).metrics, arms, 60);

it("the label that tells errors apart is asked of each arm", () => {
  const needed = neededOf({ sets: ["red-http"], variables: { job: "shop", "status-label": "status" } });
  expect(needed).toEqual(
    ["1", "2"].map((version) => ({
      place: "error-rate of the set red-http",
      label: "status",
      selector: `http_requests_total{job="shop",version="${version}"}`,
      variable: "status-label",
    })),
  );
});

it("series without it are a fault that says which labels are there and how to name it", () => {
  const [needed] = neededOf({ sets: ["red-http"], variables: { job: "shop" } });
  if (needed === undefined) throw new Error("Nothing is needed.");
  const said = missingLabel(needed, ["__name__", "job", "status", "version"], "shop");
  expect(said).toMatchObject({ reasonCode: "telemetry-label-missing", exitCode: 65 });
  expect(said?.message).toBe(
    'error-rate of the set red-http for shop: no series of http_requests_total{job="shop",version="1"} has the label code, so nothing bad could ever be counted. Labels there: job, status, version. Name the label that holds it: variables: { status-label: … } under telemetry of the service in services.yaml, or status-label=… in the input variables.',
  );
  expect(missingLabel(needed, ["__name__", "code", "job"], "shop")).toBeUndefined();
  expect(missingLabel(needed, [], "shop")).toBeUndefined();
});

it("every shipped share that takes a missing counter for zero by a label says which label it needs", () => {
  for (const set of Object.values(queries?.sets ?? {}))
    for (const [name, metric] of Object.entries(set.metrics)) {
      const bad = templatesOf(metric).find(([asked]) => asked === "bad")?.[1] ?? "";
      const byLabel = metric.kind === "ratio" && bad.includes("or 0 *") && name !== "abandoned";
      if (byLabel) expect(metric["needs-label"], name).toBeDefined();
    }
});
