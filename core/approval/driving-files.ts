import { type WeightRules, weightOf } from "../change/classify/weight.ts";
import type { ChangedFile } from "../change/facts.ts";
import { ownersOf } from "../change/owners.ts";

/** Code owners of the files whose lines count for the score; of all files, where none counts. */
export function drivingOwners(
  codeowners: string | undefined,
  files: readonly ChangedFile[],
  rules: WeightRules,
): string[] {
  if (codeowners === undefined) return [];
  const counted = files.filter((file) => weightOf(file, rules).reason === undefined);
  return ownersOf(
    codeowners,
    // Whoever owned a file where it came from has a say in where it goes.
    (counted.length ? counted : files).flatMap(({ path, previous_path: before }) =>
      before == null ? [path] : [path, before],
    ),
  );
}
