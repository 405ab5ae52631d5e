import type { Decision } from "../decision/shape.ts";
import { columnValue } from "../risk/column-words.ts";
import { bar } from "./bars.ts";
import { cell } from "./escape.ts";
import { markdownTable } from "./markdown.ts";
import { grouped } from "./numbers.ts";
import { typicalWords, valueWords } from "./values.ts";

/** The model's own reasons: log-odds, which add up exactly, beside the points that they are rescaled to. */
export function modelTable({ model }: Decision, most: number): string {
  if (!model?.contributors || model.state === "shadow") return "";
  const shown = model.contributors.slice(0, most);
  const largest = Math.max(0, ...shown.map(({ log_odds }) => Math.abs(log_odds)));
  const rows = shown.map(({ name, value, typical, log_odds, points, sentence }) => [
    cell(sentence),
    cell(valueWords(name, value === undefined ? undefined : columnValue(name, value)) || "not known", 40),
    cell(typicalWords(value, typical === undefined ? undefined : columnValue(name, typical)), 40),
    `\`${bar(log_odds, largest)}\` ${hundredths(log_odds)}`,
    tenths(points),
  ]);
  const rest = model.contributors.slice(most).reduce((sum, { log_odds }) => sum + log_odds, 0);
  if (model.contributors.length > most)
    rows.push([`${grouped(model.contributors.length - most)} more`, "", "", hundredths(rest), ""]);
  rows.push([
    `Together, from ${hundredths(model.bias ?? 0)}`,
    "",
    "",
    `**${hundredths(model.log_odds ?? 0)}**`,
    "",
  ]);
  return markdownTable(
    ["Why, by the model", "--: this change", "--: typical here", "log-odds", "--: rescaled"],
    rows,
  );
}

function hundredths(value: number): string {
  return fixed(value, 2);
}

function tenths(value: number): string {
  return fixed(value, 1);
}

function fixed(value: number, decimals: number): string {
  const shown = Math.abs(value).toFixed(decimals);
  return `${value < 0 && Number(shown) !== 0 ? "−" : "+"}${shown}`;
}
