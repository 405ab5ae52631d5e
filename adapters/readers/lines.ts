import { MalformedReport } from "./malformed.ts";

const longestLineCharacters = 64 * 1024;

/** Calls `take` with every line of a text as it arrives, without its end, and its number from 1. */
export async function walkLines(
  chunks: AsyncIterable<string>,
  take: (line: string, number: number) => void,
): Promise<void> {
  let rest = "";
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      number++;
      const line = rest + chunk.slice(start, end);
      rest = "";
      start = end + 1;
      take(line.endsWith("\r") ? line.slice(0, -1) : line, number);
    }
    rest += chunk.slice(start);
    if (rest.length > longestLineCharacters) {
      throw new MalformedReport(`a line is longer than ${longestLineCharacters} characters`, number + 1);
    }
  }
  if (rest !== "") take(rest, number + 1);
}
