import type { ReportReader } from "./reader.ts";
import { localName, walkXml } from "./xml.ts";

/** Cobertura XML as coverage.py, gcovr, coverlet, istanbul and others write it. */
export const cobertura: ReportReader = {
  title: "Cobertura XML",
  detect: ({ root }) =>
    root !== undefined &&
    localName(root.name) === "coverage" &&
    /\bline(?:-rate|s-valid)\s*=/.test(root.attributes),
  async read(text, into, problem) {
    const bases: string[] = [];
    let base: string | undefined;
    let mark: ((line: number, isHit: boolean) => void) | undefined;
    let lines = 0;
    const totals = new Map<string, number | undefined>();
    await walkXml(text, {
      open(name, attribute) {
        const element = localName(name);
        if (element === "coverage") {
          for (const total of ["line-rate", "lines-valid", "lines-covered"])
            totals.set(total, numberOf(attribute(total)));
        } else if (element === "source") base = "";
        else if (element === "class") {
          mark = into.coverage.source(
            into.sourceKey(attribute("filename") ?? attribute("name") ?? "", bases),
          );
        } else if (element === "line" && mark) {
          const number = numberOf(attribute("number"));
          const hits = numberOf(attribute("hits"));
          if (number === undefined || hits === undefined || !Number.isInteger(number) || number > 999_999_999)
            return;
          mark(number, hits > 0);
          lines++;
        }
      },
      text(text) {
        if (base !== undefined && base.length < 4000) base += text;
      },
      close(name) {
        const element = localName(name);
        if (element === "class") mark = undefined;
        if (element === "source" && base !== undefined && bases.length < 20) bases.push(base.trim());
        if (element === "source") base = undefined;
      },
    });
    if (lines > 0) return;
    const [rate, valid, covered] = ["line-rate", "lines-valid", "lines-covered"].map((name) =>
      totals.get(name),
    );
    if (valid !== undefined && valid > 0 && covered !== undefined) into.coverage.counted(covered, valid);
    else if (valid !== 0 && rate !== undefined && rate <= 1) into.coverage.rate(100 * rate);
    else problem("names no lines, so coverage is unknown");
  },
};

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?$/.test(text)
    ? Number(text)
    : undefined;
}
