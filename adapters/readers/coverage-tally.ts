import type { ChangeFacts } from "../../core/change/facts.ts";
import { MalformedReport } from "./malformed.ts";

export type CoverageTally = {
  /** Takes up a source file; lines of the same file from several reports are laid on one another. */
  source(key: string): (line: number, isHit: boolean) => void;
  /** Lines of a report that counts but does not name them. */
  counted(covered: number, valid: number): void;
  /** A report that gives nothing but its percentage. */
  rate(percent: number): void;
  facts(baselinePercent: number | undefined, problem: (sentence: string) => void): ChangeFacts["coverage"];
};

/** 1,024 lines: a bit each for "can be covered", then a bit each for "is covered". */
type Page = Uint8Array;
const pageLines = 1024;
const hitsFrom = pageLines / 8;
const mostPages = 300_000;

export function coverageTally(): CoverageTally {
  const sources = new Map<string, Map<number, Page>>();
  const counts = { covered: 0, valid: 0 };
  const rates: number[] = [];
  let pageCount = 0;
  const newPage = () => {
    if (++pageCount > mostPages)
      throw new MalformedReport("the reports name more lines than are read together");
    return new Uint8Array(2 * hitsFrom);
  };
  return {
    source(key) {
      const pages = sources.get(key) ?? new Map<number, Page>();
      return (line, isHit) => {
        if (pages.size === 0) sources.set(key, pages);
        const number = Math.floor(line / pageLines);
        const page = pages.get(number) ?? newPage();
        if (!pages.has(number)) pages.set(number, page);
        const at = (line % pageLines) >> 3;
        const bit = 1 << (line & 7);
        page[at] = (page[at] ?? 0) | bit;
        if (isHit) page[hitsFrom + at] = (page[hitsFrom + at] ?? 0) | bit;
      };
    },
    counted(covered, valid) {
      counts.covered += covered;
      counts.valid += valid;
    },
    rate: (percent) => void rates.push(percent),
    facts(baselinePercent, problem) {
      let { covered, valid } = counts;
      for (const pages of sources.values()) {
        for (const page of pages.values()) {
          valid += bits(page.subarray(0, hitsFrom));
          covered += bits(page.subarray(hitsFrom));
        }
      }
      if (rates.length > 1 || (rates.length === 1 && valid > 0)) {
        problem(
          "Several coverage reports, of which one gives a percentage without lines, cannot be joined: coverage is unknown.",
        );
        return undefined;
      }
      const percent = valid > 0 ? (100 * covered) / valid : rates[0];
      if (percent === undefined) return undefined;
      const delta = baselinePercent === undefined ? {} : { delta: rounded(percent - baselinePercent) };
      return { percent: rounded(percent), ...delta };
    },
  };
}

function bits(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}

function rounded(percent: number): number {
  return Math.round(percent * 10_000) / 10_000;
}
