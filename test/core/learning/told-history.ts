import type { Dataset, Label, Sample } from "../../../core/learning/sample.ts";
import { documentOf, type ModelDocument } from "../../../core/model/file.ts";
import { learn } from "../../../core/model/learn.ts";
import { seeded } from "../../../core/stats/random.ts";

/** A repository of a few years in which large changes to old files fail more often, and a model that learnt from it. */

const day = 86_400;
const begin = Date.parse("2024-01-01T00:00:00Z") / 1000;

export function toldHistory(changes: number): Dataset {
  const { uniform } = seeded(7);
  const samples = Array.from({ length: changes }, (_, index): Sample => {
    const at = begin + index * day;
    const la = Math.round(Math.exp(1 + 5 * uniform()));
    const nf = 1 + Math.floor(5 * uniform());
    const failed = uniform() < (la > 150 ? 0.5 : 0.05);
    return {
      commit: index.toString(16).padStart(40, "0"),
      ...{ at, title: `Change ${index}`, effort: la, services: [], critical: null },
      facts: { la, ld: Math.round(la / 3), nf, nd: 1, ns: 1, entropy: nf === 1 ? 0 : 0.8, fix: 0 },
      label: labelOf(index >= changes - 30, failed, at),
    };
  });
  return {
    samples,
    columns: ["la", "ld", "nf", "nd", "ns", "entropy"],
    head: "c0ffee",
    digest: `told-${changes}`,
  };
}

function labelOf(isNew: boolean, failed: boolean, at: number): Label {
  if (isNew) return { went: "unknown", because: "too-new" };
  return failed
    ? { went: "failed", because: "fixed", by: "f00d", knownAt: at + 30 * day }
    : { went: "well", because: "quiet", knownAt: at + 30 * day };
}

export function modelOfHistory({ samples, columns, digest, head }: Dataset): ModelDocument {
  const known = samples.filter(({ label }) => label.went !== "unknown");
  const labels = Uint8Array.from(known, ({ label }) => Number(label.went === "failed"));
  const column = (name: string) => Float64Array.from(known, ({ facts }) => facts[name] ?? Number.NaN);
  const history = {
    table: { names: columns, columns: columns.map(column), rows: known.length },
    ...{ labels, times: Float64Array.from(known, ({ at }) => at) },
  };
  const { proof, priorShare, ...model } = learn(history);
  const time = (at = 0) => new Date(at * 1000).toISOString();
  const trained = {
    rows: known.length,
    failures: labels.reduce((sum, one) => sum + one, 0),
    from: time(known[0]?.at),
    to: time(known.at(-1)?.at),
    ...{ data: digest, head, prior_share: priorShare },
  };
  return documentOf(model, { trained, ...(proof && { proof }) });
}
