import type { MetricVerdict } from "../../../analysis/verdict.ts";
import { xml } from "../../escape.ts";
import { effectPlot } from "./effect.ts";
import { evidencePlot } from "./evidence.ts";
import type { Drawing, PlotOptions } from "./frame.ts";
import { seriesPlot } from "./series.ts";
import { plotStyle } from "./style.ts";

/** A picture of its own: it needs no font, script or network, and follows the reader's colour scheme. */
export function plotSvg(drawing: Drawing): string {
  return `${svgElement(drawing, "av", `<style>${plotStyle}</style>`)}\n`;
}

/** Part of a page that has the style once. `id` tells the plots of a page apart. */
export function svgElement(
  { width, height, title, description, body }: Drawing,
  id: string,
  style = "",
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="av-plot" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-description">`,
    `<title id="${id}-title">${xml(title, 120)}</title>`,
    `<desc id="${id}-description">${xml(description, 2000)}</desc>`,
    style,
    `<rect class="av-page" width="${width}" height="${height}" rx="6"/>`,
    ...body,
    "</svg>",
  ]
    .filter(Boolean)
    .join("\n");
}

export function metricPlots(
  metric: MetricVerdict,
  windowLength: string,
  options: PlotOptions = {},
): Drawing[] {
  return [seriesPlot, effectPlot, evidencePlot].map((plot) => plot(metric, windowLength, options));
}

/** All three of a metric, one below the other. */
export function metricPlot(metric: MetricVerdict, windowLength: string, options: PlotOptions = {}): Drawing {
  const plots = metricPlots(metric, windowLength, options);
  let height = 0;
  const body = plots.map((plot) => {
    const group = `<g transform="translate(0 ${height})">${plot.body.join("\n")}</g>`;
    height += plot.height + 8;
    return group;
  });
  return {
    width: Math.max(...plots.map((plot) => plot.width)),
    height,
    title: `${metric.name}: windows, effect and evidence`,
    description: plots.map((plot) => plot.description).join(" "),
    body,
  };
}
