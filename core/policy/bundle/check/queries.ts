import { templatesOf } from "../../../analysis/queries.ts";
import { metricsOf } from "../../../analysis/service-metrics.ts";
import { piecesOf } from "../../../analysis/template.ts";
import type { QueryMetric, QueryVariable } from "../../schema.ts";
import { reservedVariables } from "../../schema.ts";
import { didYouMean } from "../../suggest.ts";
import type { Problem } from "../../yaml/problem.ts";
import type { BundleDocuments } from "../files.ts";

/** Templates that could never be filled, and services that choose what there is not. */
export function queryProblems({ queries, services }: BundleDocuments): Problem[] {
  const problems: Problem[] = [];
  for (const [name, set] of Object.entries(queries?.value?.sets ?? {})) {
    const variables = set.variables ?? {};
    const add = (path: PropertyKey[], message: string): void => {
      if (queries !== undefined) problems.push(queries.problemAt(["sets", name, ...path], message));
    };
    for (const reserved of reservedVariables)
      if (Object.hasOwn(variables, reserved))
        add(["variables", reserved], `$${reserved} is filled in by the rollout; call this one otherwise`);
    for (const [metric, told] of Object.entries(set.metrics))
      for (const { asked, message } of metricProblems(told, variables))
        add(["metrics", metric, asked], message);
  }
  if (queries !== undefined && queries.value === undefined) return problems;
  for (const [index, { telemetry }] of (services?.value?.services ?? []).entries()) {
    if (telemetry === undefined || services === undefined) continue;
    const at = ["services", index, "telemetry"];
    const { metrics, faults } = metricsOf(telemetry, queries?.value);
    for (const { path, message } of faults) problems.push(services.problemAt([...at, ...path], message));
    for (const { name, set, metric, filling } of metrics) {
      if (set !== undefined) continue;
      for (const { asked, message } of metricProblems(metric, filling.declared))
        problems.push(services.problemAt([...at, "metrics", name, asked], message));
    }
  }
  return problems;
}

type Found = { asked: string; message: string };

function metricProblems(metric: QueryMetric, variables: Readonly<Record<string, QueryVariable>>): Found[] {
  const known = [...Object.keys(variables), ...reservedVariables];
  const needed = metric["needs-label"];
  const templates: [asked: string, template: string][] = [
    ...templatesOf(metric),
    ...(needed ? [needed.label, needed.of].map((text): [string, string] => ["needs-label", text]) : []),
  ];
  const found: Found[] = templates.flatMap(([asked, template]) =>
    piecesOf(template).flatMap((piece): Found[] => {
      if (piece.kind === "text") return [];
      const { name, standing } = piece;
      const say = (message: string): Found[] => [{ asked, message: `$${name} ${message}` }];
      if (!known.includes(name))
        return say(
          `is no variable here${didYouMean(name, known) || ";"} Allowed: ${known.map((one) => `$${one}`).join(", ")}`,
        );
      const form = variables[name]?.form ?? "text";
      const bare = ["window", "arm"].includes(name) || form === "name" || form === "number";
      if (standing.kind === "raw") return say("stands in backticks, where nothing can be escaped");
      if (standing.kind === "bare" && !bare)
        return say("stands outside of quotes; there only a form of name or number fits");
      if (standing.kind !== "bare" && ["window", "arm"].includes(name)) return say("stands in quotes");
      if (standing.kind === "text" && form === "pattern") return say(`is a pattern; write =~ before it`);
      return [];
    }),
  );
  const share = (metric.unit ?? (metric.kind === "ratio" ? "share" : undefined)) === "share";
  if (metric.margin?.points !== undefined && !share)
    found.push({
      asked: "margin",
      message: "points are of shares; this metric's unit is another: write percent or absolute",
    });
  return found;
}
