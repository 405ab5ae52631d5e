import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { headCharacters } from "./head.ts";
import { MalformedReport } from "./malformed.ts";

/** The text of a report file: its beginning, and all of it chunk by chunk (from the beginning again). */
export type ReportText = { head: string; text: AsyncIterable<string>; close(): Promise<unknown> };

export async function openReport(path: string, maximumBytes: number): Promise<ReportText> {
  const chunks = decodedChunks(path, maximumBytes);
  const first: string[] = [];
  let length = 0;
  while (length < headCharacters) {
    const { value, done } = await chunks.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  async function* all() {
    yield* first;
    yield* chunks;
  }
  return { head: first.join(""), text: all(), close: () => chunks.return() };
}

async function* decodedChunks(path: string, maximumBytes: number): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 })) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > maximumBytes) {
      throw new MalformedReport(
        `it is larger than ${maximumBytes} bytes, the most that is read of one report`,
      );
    }
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

/** By byte order mark, by the zero bytes of UTF-16, by an XML declaration; else UTF-8. */
function encodingOf(start: Uint8Array): string {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  const beginning = Buffer.from(start.subarray(0, 200)).toString("latin1");
  const declared =
    /^<\?xml[^>]{0,100}\sencoding=["']([A-Za-z0-9._-]{1,40})["']/.exec(beginning)?.[1] ?? "utf-8";
  if (/^utf-?16/i.test(declared)) return "utf-8";
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return "utf-8";
  }
}
