import { createHash } from "node:crypto";
import { canonicalJson } from "../evidence/canonical.ts";
import { authorColumnNames, columnNames } from "./columns.ts";
import type { Dataset, Label, Sample } from "./sample.ts";
import type { Walk } from "./walk/walked.ts";

/** The changes of a walk, each with its label, in the order in which they were merged. */
export function datasetOf(
  { changes, head }: Pick<Walk, "changes" | "head">,
  labels: readonly Label[],
): Dataset {
  const samples = changes.flatMap(
    ({ commit, at, title, facts, effort, services, critical }, place): Sample[] => {
      const label = labels[place];
      return label === undefined ? [] : [{ commit, at, title, facts, effort, services, critical, label }];
    },
  );
  const known = new Set(samples.flatMap(({ facts }) => Object.keys(facts)));
  const columns = [...columnNames, ...authorColumnNames.filter((name) => known.has(name))];
  return sealed(samples, columns, head);
}

/** Two datasets that are called the same are the same, to the last label. */
export function sealed(samples: readonly Sample[], columns: readonly string[], head: string): Dataset {
  const hash = createHash("sha256").update(canonicalJson([head, columns]));
  for (const sample of samples) hash.update(canonicalJson(sample));
  return { samples, columns, head, digest: hash.digest("hex") };
}
