import { type ModelRules, modelDefaults, type Thresholds } from "../../schema.ts";
import type { Problem } from "../../yaml/problem.ts";
import type { BundleDocuments } from "../files.ts";
import { bandProblems } from "./mapping.ts";

type Fault = [key: keyof ModelRules, message: string];
type Part = { path: PropertyKey[]; part: Thresholds };

/** What no shape can say of `model`: bands are of its scale, rise, end at 100 and name strategies that exist. */
export function modelProblems({ thresholds, mapping }: BundleDocuments, parts: readonly Part[]): Problem[] {
  if (thresholds?.value === undefined) return [];
  const { value, problemAt } = thresholds;
  return parts.flatMap(({ path, part: { model } }) => {
    if (model === undefined) return [];
    const at = (key: keyof ModelRules, message: string) =>
      problemAt([...path, "model", key], `${key}: ${message}`);
    const ofBands =
      model.bands && mapping?.value
        ? bandProblems(mapping.value, model.bands, [...path, "model", "bands"], problemAt)
        : [];
    return [...ofBands, ...scaleFaults(model, value.defaults.model ?? {}).map((fault) => at(...fault))];
  });
}

function scaleFaults(own: ModelRules, defaults: ModelRules): Fault[] {
  const { scale, bands, approval } = { ...defaults, ...own };
  const scaleOfDefaults = defaults.scale ?? modelDefaults.scale;
  if (scale === "points") {
    const kept = "on the scale points those of the weights hold; leave it out, or choose rank or probability";
    const faults: Fault[] = [];
    if (own.bands) faults.push(["bands", kept]);
    if (own.approval?.from !== undefined) faults.push(["approval", `from: ${kept}`]);
    return faults;
  }
  if (own.scale !== undefined && own.scale !== scaleOfDefaults) {
    const theirs = `those of the defaults are of the scale ${scaleOfDefaults}; write ones for ${own.scale} beside it`;
    if (bands && !own.bands) return [["scale", theirs]];
    if (approval?.from !== undefined && !own.approval) return [["scale", `approval.from: ${theirs}`]];
  }
  if (scale === "probability" && !bands) {
    return [
      ["scale", "probability has no usual bands; write them beside it, in percent, the last up-to: 100"],
    ];
  }
  return [];
}
