import * as z from "zod";
import { notPrometheus } from "./fault.ts";

const answerOf = <Each extends z.ZodType>(each: Each) =>
  z.looseObject({ status: z.literal("success"), data: z.array(each) });
const labelSets = answerOf(z.record(z.string(), z.string()));
const labelNames = answerOf(z.string());

/** The values of one label in an answer of /api/v1/series, each once and in order. */
export function labelValuesOf(text: string, label: string, name: string): string[] {
  const { data } = read(labelSets, text, name);
  return [...new Set(data.flatMap((labels) => labels[label] ?? []))].sort();
}

/** The names in an answer of /api/v1/labels. */
export function labelNamesOf(text: string, name: string): string[] {
  return [...read(labelNames, text, name).data].sort();
}

function read<Form extends z.ZodType>(form: Form, text: string, name: string): z.infer<Form> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw notPrometheus(name, "no JSON");
  }
  const { data, success } = form.safeParse(json);
  if (!success) throw notPrometheus(name, "JSON of another form");
  return data;
}
