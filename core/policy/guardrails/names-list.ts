import type { NameSpec, Unit } from "./name.ts";
import { namesIn, registry } from "./names.ts";
import type { Phase } from "./tree.ts";

/** "a, b, diff.(files, additions)": every name of a phase, short enough for an error. */
export function listOfNames(phase: Phase): string {
  const groups = new Map<string, string[]>();
  for (const name of namesIn(phase)) {
    const dot = name.indexOf(".");
    const group = name.slice(0, dot + 1);
    const members = groups.get(group) ?? [];
    members.push(name.slice(dot + 1));
    groups.set(group, members);
  }
  return [...groups]
    .map(([group, members]) => (group === "" ? members.join(", ") : `${group}(${members.join(", ")})`))
    .join(", ");
}

/** The table of docs/guardrails.md. */
export function guardrailNamesTable(): string {
  const rows = registry.map(([name, spec]) => {
    const spelling = spec.alias === undefined ? `\`${name}\`` : `\`${name}\`, \`${spec.alias}\``;
    const when = spec.phase === "both" ? "either" : spec.phase;
    return `| ${spelling} | ${when} | ${kindOfValue(spec)} | ${spec.meaning} |`;
  });
  return ["| Name | When | Value | Meaning |", "| :-- | :-- | :-- | :-- |", ...rows].join("\n");
}

const unitTexts: Record<Unit, string> = {
  score: "score",
  count: "number",
  share: "share, for example `5%`",
  percent: "percent",
  milliseconds: "time, for example `300ms`",
  duration: "time, for example `5m`",
  days: "days",
  "per second": "number a second",
  times: "number",
};

function kindOfValue(spec: NameSpec): string {
  const values = spec.values?.map((value) => `\`"${value}"\``).join(", ");
  if (spec.type === "text") return values ?? "text";
  if (spec.type === "list") return values === undefined ? "list of text" : `list of ${values}`;
  if (spec.type === "boolean" || spec.unit === undefined) return "yes or no";
  return `${unitTexts[spec.unit]}${boundsText(spec)}`;
}

/** ", 0–100" for a name that has bounds on both sides, and what there is of them otherwise. */
function boundsText({ least, most, unit }: NameSpec): string {
  const shown = (bound: number) => (unit === "share" ? `${bound * 100}%` : `${bound}`);
  if (least !== undefined && most !== undefined) return `, ${shown(least)}–${shown(most)}`;
  if (most !== undefined) return `, at most ${shown(most)}`;
  return least === undefined || least === 0 ? "" : `, at least ${shown(least)}`;
}
