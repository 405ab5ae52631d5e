import * as z from "zod";
import { notPrometheus } from "./fault.ts";

const labelSets = z.looseObject({
  status: z.literal("success"),
  data: z.array(z.record(z.string(), z.string())),
});

/** The values of one label in an answer of /api/v1/series, each once and in order. */
export function labelValuesOf(text: string, label: string, name: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw notPrometheus(name, "no JSON");
  }
  const read = labelSets.safeParse(json);
  if (!read.success) throw notPrometheus(name, "JSON of another form");
  return [...new Set(read.data.data.flatMap((labels) => labels[label] ?? []))].sort();
}
