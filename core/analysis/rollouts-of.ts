import { UserError } from "../errors.ts";
import { counted } from "../render/numbers.ts";
import type { Measurements } from "./measurements.ts";
import { readMeasurements } from "./read-measurements.ts";

/** A line of a file that holds something; `where` is the file and the number of the line, for errors. */
export type Line = { text: string; where: string };
export type Lines = AsyncIterable<Line> | Iterable<Line>;

/**
 * The rollouts of a file as its lines arrive: one a line, or a single document over several lines, as a formatter
 * leaves it. `torn` is told of lines that end before they are whole, which then count as none; without it they are errors.
 */
export async function* rolloutsOf(lines: Lines, torn?: (line: Line) => void): AsyncGenerator<Measurements> {
  let opening: Line | undefined;
  let first = true;
  for await (const line of lines) {
    if (opening !== undefined && !isRollout(line.text)) {
      opening = { text: `${opening.text}\n${line.text}`, where: opening.where };
      continue;
    }
    if (opening !== undefined) yield* wholeOf(opening, torn);
    opening = first && isCutOff(line.text) ? line : undefined;
    first = false;
    if (opening === undefined) yield* wholeOf(line, torn);
  }
  if (opening !== undefined) yield* wholeOf(opening, torn);
}

function* wholeOf(line: Line, torn: ((line: Line) => void) | undefined): Generator<Measurements> {
  let read: Measurements;
  try {
    read = readMeasurements(line.text, line.where);
  } catch (error) {
    if (torn === undefined || !isCutOff(line.text)) throw error;
    return torn(line);
  }
  yield read;
}

/** The rollout of a file that holds one. */
export async function rolloutOf(lines: Lines, where: string): Promise<Measurements> {
  const found: Measurements[] = [];
  for await (const rollout of rolloutsOf(lines)) found.push(rollout);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(
    "bad-measurements",
    `${where} holds ${counted(found.length, "rollout")}, and one is judged at a time. \`adaptive-deploy judge\` takes many.`,
  );
}

/** True of an object whose text ends before it is closed, as that of a writer which died. */
function isCutOff(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  let open = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted && sign === "\\") at++;
    else if (sign === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (sign === "{" || sign === "[") open++;
    else if (sign === "}" || sign === "]") open--;
  }
  return quoted || open > 0;
}

/** True of a line that is a rollout by itself, as no line of a document over several lines is. */
function isRollout(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && "metrics" in json;
  } catch {
    return false;
  }
}
