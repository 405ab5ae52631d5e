/** One question, what the emulator and the code take for granted, and what the server did. */
export type Row = { question: string; expected: string; seen: string; same: boolean };

export function failures(rows: readonly Row[]): number {
  return rows.filter((row) => !row.same).length;
}

export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map((row) => row.question.length));
  const lines = rows.map(
    ({ question, expected, seen, same }) =>
      `${same ? "ok     " : "differs"}  ${question.padEnd(width)}  ${same ? seen : `${seen} (expected ${expected})`}`,
  );
  return [...lines, "", `${rows.length - failures(rows)} ok, ${failures(rows)} differ`].join("\n");
}
