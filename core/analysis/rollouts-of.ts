import { UserError } from "../errors.ts";
import { counted } from "../render/numbers.ts";
import type { Measurements } from "./measurements.ts";
import { readMeasurements } from "./read-measurements.ts";

/** Rollouts of a whole text: JSON lines, or one document over several lines. `where` names the file in errors. */
export function rolloutsOf(text: string, where: string): Measurements[] {
  const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  const [first, second] = filled;
  if (first === undefined) return [];
  if (second !== undefined && !isJson(first.line)) return [readMeasurements(text, where)];
  return filled.map(({ line, number }) => readMeasurements(line, `${where}:${number}`));
}

/** The rollout of a text that holds one. */
export function rolloutOf(text: string, where: string): Measurements {
  const [only, ...more] = rolloutsOf(text, where);
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(
    "bad-measurements",
    `${where} holds ${counted(only === undefined ? 0 : more.length + 1, "rollout")}, and one is judged at a time. \`adaptive-deploy judge\` takes many.`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
