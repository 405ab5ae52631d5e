import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { parse } from "csv-parse";
import { exitCodes, UserError } from "../../core/errors.ts";
import { type Records, recordsOf } from "../../core/model/columns/records.ts";
import { plain } from "../../core/render/escape.ts";

/** A CSV file with a head line; `-` is standard input. */
export async function recordsInFile(path: string): Promise<Records> {
  const stream: Readable = path === "-" ? process.stdin : createReadStream(path);
  const rows: string[][] = [];
  try {
    const parser = stream
      .on("error", (error) => parser.destroy(error))
      .pipe(parse({ bom: true, skip_empty_lines: true }));
    for await (const row of parser) rows.push(row);
  } catch (error) {
    throw faultOf(error, path);
  }
  return recordsOf(rows, plain(path, 200));
}

function faultOf(error: unknown, path: string): UserError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const shown = plain(path, 200);
  if (code === "ENOENT")
    return new UserError("table-not-found", `${shown} does not exist.`, exitCodes.badInput);
  const said = error instanceof Error ? plain(error.message, 200) : code;
  return new UserError(
    "bad-table",
    `${shown} is no table of values between commas: ${said}.`,
    exitCodes.badInput,
  );
}
