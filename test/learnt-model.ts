import { documentOf } from "../core/model/file.ts";
import { learn } from "../core/model/learn.ts";
import { seeded } from "../core/stats/random.ts";

/** A project in which large changes to files of many hands fail, learnt from so many of its changes. */
export function learntModelText(rows = 900, outcome?: "rolled-back"): string {
  const { uniform: random } = seeded(7);
  const names = ["la", "ld", "nf", "entropy", "ndev", "age", "nuc", "churn", "fix", "db_schema", "heuristic"];
  const columns = names.map(() => new Float64Array(rows));
  const labels = new Float64Array(rows);
  const times = Float64Array.from({ length: rows }, (_, row) => 1.7e9 + row * 30_000);
  for (let row = 0; row < rows; row += 1) {
    const size = Math.exp(6 * random());
    const hands = Math.floor(12 * random());
    const facts = [
      ...[size, size * random(), 1 + Math.floor(size / 40), random(), hands, 400 * random()],
      ...[
        Math.floor(60 * random()),
        Math.floor(20 * random()),
        Number(random() < 0.2),
        Number(random() < 0.05),
      ],
      8 * Math.log(1 + size),
    ];
    for (const [index, value] of facts.entries()) (columns[index] ?? [])[row] = Math.round(value * 100) / 100;
    const logOdds = -4.5 + 0.5 * Math.log(size) + 0.18 * hands + 1.2 * (facts[9] ?? 0);
    labels[row] = Number(random() < 1 / (1 + Math.exp(-logOdds)));
  }
  const { standing, ...model } = learn({ table: { names, columns, rows }, labels, times });
  const day = (at = 0) => new Date(at * 1000).toISOString();
  const trained = {
    ...{ rows, failures: labels.reduce((sum, label) => sum + label, 0) },
    ...{ from: day(times[0]), to: day(times.at(-1)), data: "0".repeat(64) },
    ...(outcome ? { outcome } : {}),
  };
  return `${JSON.stringify(documentOf({ ...model, standing }, { trained }))}\n`;
}
