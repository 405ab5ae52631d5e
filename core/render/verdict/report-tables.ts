import type { MetricState, Verdict } from "../../analysis/verdict.ts";
import { plain } from "../escape.ts";
import { type Content, html, type Markup } from "../html.ts";
import { counted, grouped } from "../numbers.ts";
import { chanceWords } from "./sentences.ts";
import { metricRows } from "./words.ts";

/** Tables of the report. On a phone each row becomes a small list of its own, with the names of the columns. */

export const stateKinds: Record<MetricState, string> = {
  healthy: "good",
  unsure: "none",
  marginal: "care",
  worse: "bad",
  unknown: "none",
};

type Column = { name: string; kind?: string };

export function reportTable(columns: readonly Column[], rows: readonly (readonly Content[])[]): Markup {
  const head = columns.map(({ name, kind }) => html`<th scope="col" class="${kind ?? ""}">${name}</th>`);
  const body = rows.map(
    ([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((content, index) => {
      const { name, kind } = columns[index + 1] ?? { name: "" };
      return html`<td class="${kind ?? ""}" data-name="${name}"><span>${content}</span></td>`;
    })}</tr>
`,
  );
  return html`<div class="scroll"><table class="stack"><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** The same of headings that may begin with their column's alignment, as in "--: Score". */
export function reportTableOf(headings: readonly string[], rows: readonly (readonly Content[])[]): Markup {
  const columns = headings.map((heading) => ({
    name: heading.replace(/^--: /u, ""),
    ...(heading.startsWith("--: ") ? { kind: "number" } : {}),
  }));
  return reportTable(columns, rows);
}

/** The deciding metric first. */
export function metricsTable(verdict: Verdict, most: number): Content {
  const rows = metricRows(verdict, most);
  if (rows.length === 0) return "";
  const columns = [
    { name: "Metric" },
    { name: "candidate", kind: "number" },
    { name: "baseline", kind: "number" },
    { name: "effect", kind: "number" },
    { name: "evidence of harm", kind: "evidence" },
    { name: "state", kind: "state" },
  ];
  const cells = rows.map(({ metric, candidate, baseline, effect, evidence, state }) => [
    plain(metric.name),
    candidate,
    baseline,
    effect,
    [evidenceBar(metric.evidence), evidence.figure],
    html`<span class="${stateKinds[metric.state]}">${state}</span>`,
  ]);
  const more = verdict.metrics.length - rows.length;
  return [reportTable(columns, cells), more > 0 ? html`<p>and ${counted(more, "more metric")}</p>` : ""];
}

function evidenceBar({ value, boundary }: Verdict["metrics"][number]["evidence"]): Content {
  if (value === null) return "";
  const share = boundary > 0 ? Math.min(1, Math.max(0, value / boundary)) : 1;
  return html`<span class="${value >= boundary ? "bar over" : "bar"}"><i style="width:${Math.round(share * 100)}%"></i></span>`;
}

export function powerTable({ power = [] }: Verdict, most: number): Content {
  const rows = power.flatMap((step) =>
    step.metrics.map((metric) => [
      plain(metric.name),
      plain(metric.target),
      `${grouped(step.weight)} %`,
      grouped(step.windows),
      chanceWords(metric.chance),
      metric.windows_needed === null ? "not within reach" : grouped(metric.windows_needed),
    ]),
  );
  if (rows.length === 0) return "";
  const columns = [
    { name: "Metric" },
    { name: "to be seen" },
    { name: "weight", kind: "number" },
    { name: "windows", kind: "number" },
    { name: "chance", kind: "number" },
    { name: "windows needed", kind: "number" },
  ];
  return html`<h2>What each step can see</h2>
${reportTable(columns, rows.slice(0, most))}`;
}
