/** Colours of the arms beside those of all plots; no line is told by its colour alone. */

const palette = {
  light: { new: "#0969da", old: "#bc4c00", heuristic: "#1f2328", "lines-added": "#818b98" },
  dark: { new: "#58a6ff", old: "#f0883e", heuristic: "#f0f6fc", "lines-added": "#9198a1" },
};
const quiet = { light: "#818b98", dark: "#9198a1" };
const over = { light: "#1f2328", dark: "#f0f6fc" };

function coloursOf(theme: keyof typeof palette): string {
  const arms = Object.entries(palette[theme]).map(
    ([arm, colour]) =>
      `.av-line.av-${arm},.av-whisker.av-${arm}{stroke:${colour}}.av-dot.av-${arm},.av-bar.av-${arm},.av-text-${arm}{fill:${colour}}`,
  );
  return `${arms.join("")}.av-chance{stroke:${quiet[theme]}}.av-whisker.av-over{stroke:${over[theme]}}`;
}

export const backtestStyle =
  ".av-chance{stroke-width:1;stroke-dasharray:2 4}.av-whisker{stroke-width:1.25;opacity:.75}.av-line.av-old{stroke-dasharray:7 3}" +
  ".av-line.av-lines-added{stroke-dasharray:2 3}.av-line.av-new{stroke-width:2.5}.av-line.av-heuristic{stroke-width:1.5}" +
  ".av-bar{opacity:.85}.number{white-space:normal}.interval{font-size:.8125rem;color:var(--quiet)}@media (min-width:40.01rem){.number .interval{display:block;white-space:nowrap}}tbody th{overflow-wrap:break-word;min-width:9rem}.scroll{margin:.5rem 0 1rem}.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:0 2rem;align-items:start}" +
  `${coloursOf("light")}@media (prefers-color-scheme:dark){${coloursOf("dark")}}`;
