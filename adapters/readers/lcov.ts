import { walkLines } from "./lines.ts";
import { MalformedReport } from "./malformed.ts";
import type { ReportReader } from "./reader.ts";

const dataLine = /^DA:(\d{1,9}),\s*(-?[\d.]{1,30}(?:e[+-]?\d{1,3})?)(?:,.*)?$/i;
const countLine = /^(LF|LH):(\d{1,9})$/;

/** Records that say nothing of lines: functions, branches, versions, names. */
const otherRecord = /^(?:TN|VER|FN[A-Z]*|BR[A-Z]*|MC[A-Z]*|LF|LH|#)/;

type Record = { mark(line: number, isHit: boolean): void; lines: number; counts: Map<string, number> };

/** lcov tracefiles (lcov.info): SF … DA … end_of_record. */
export const lcov: ReportReader = {
  title: "lcov",
  detect: (head) => /^(?:TN:|SF:)/.test(head.text),
  async read(text, into, problem) {
    let record: Record | undefined;
    let records = 0;
    let last = 0;
    await walkLines(text, (line, number) => {
      last = number;
      const trimmed = line.trim();
      if (trimmed === "") return;
      if (trimmed.startsWith("SF:")) {
        if (record) throw new MalformedReport("a source file begins before the one above ends", number);
        record = {
          mark: into.coverage.source(into.sourceKey(trimmed.slice(3))),
          lines: 0,
          counts: new Map(),
        };
      } else if (trimmed === "end_of_record") {
        if (!record) throw new MalformedReport("a record ends that did not begin", number);
        if (record.lines === 0)
          into.coverage.counted(record.counts.get("LH") ?? 0, record.counts.get("LF") ?? 0);
        record = undefined;
        records++;
      } else if (trimmed.startsWith("DA:")) {
        const match = dataLine.exec(trimmed);
        if (!match || !record)
          throw new MalformedReport(`"DA:" is to be followed by a line number and its hits`, number);
        record.mark(Number(match[1]), Number(match[2]) > 0);
        record.lines++;
      } else {
        const match = countLine.exec(trimmed);
        if (match) record?.counts.set(match[1] ?? "", Number(match[2]));
        else if (!otherRecord.test(trimmed))
          throw new MalformedReport("it holds a line that lcov does not know", number);
      }
    });
    if (record) throw new MalformedReport("it ends within a source file's record", last);
    if (records === 0) problem("names no source file, so coverage is unknown");
  },
};
