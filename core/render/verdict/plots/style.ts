/** Colours of the plots: blue and orange differ for every eye, and no line is told by its colour alone. */

const palette = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    quiet: "#59636e",
    grid: "#d1d9e0",
    warm: "#818b98",
    baseline: "#0969da",
    candidate: "#bc4c00",
    effect: "#1f2328",
  },
  dark: {
    page: "#0d1117",
    text: "#f0f6fc",
    quiet: "#9198a1",
    grid: "#3d444d",
    warm: "#9198a1",
    baseline: "#58a6ff",
    candidate: "#f0883e",
    effect: "#f0f6fc",
  },
};

function coloursOf(theme: keyof typeof palette): string {
  const colour = palette[theme];
  const kinds = (["baseline", "candidate", "effect"] as const)
    .map(
      (kind) =>
        `.av-line.av-${kind},.av-hollow.av-${kind}{stroke:${colour[kind]}}.av-dot.av-${kind},.av-text-${kind}{fill:${colour[kind]}}`,
    )
    .join("");
  return (
    `.av-page,.av-hollow,.av-ring{fill:${colour.page}}.av-title,.av-label{fill:${colour.text}}.av-axis,.av-text-quiet{fill:${colour.quiet}}` +
    `.av-grid{stroke:${colour.grid}}.av-zero{stroke:${colour.quiet}}.av-limit,.av-ring,.av-drop{stroke:${colour.candidate}}` +
    `.av-warm,.av-weight,.av-mark{fill:${colour.warm}}.av-gone{fill:none;stroke:${colour.warm}}${kinds}` +
    `.av-interval{fill:${colour.baseline}}.av-harm{fill:${colour.candidate}}`
  );
}

export const plotStyle =
  ".av-plot text{font:11.5px system-ui,-apple-system,'Segoe UI',sans-serif}.av-plot .av-title{font-size:13px;font-weight:600}.av-plot .av-axis{font-size:11px}" +
  ".av-grid{stroke-width:1}.av-zero{stroke-width:1.5}.av-limit{stroke-width:1.5;stroke-dasharray:5 4}.av-line{fill:none;stroke-width:2;stroke-linejoin:round}" +
  ".av-line.av-baseline{stroke-width:1.75;stroke-dasharray:7 2}.av-hollow,.av-ring{stroke-width:1.5}.av-ring{fill-opacity:0;stroke-width:2}" +
  ".av-warm{opacity:.22}.av-gone{stroke-dasharray:2 3;stroke-opacity:.9}.av-interval{opacity:.2}.av-harm{opacity:.1}.av-drop{stroke-width:1;stroke-dasharray:2 2}" +
  `${coloursOf("light")}@media (prefers-color-scheme:dark){${coloursOf("dark")}}`;
