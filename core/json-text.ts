import * as z from "zod";

/** Text that has to be JSON, to be piped into the form of what stands in it: what is no JSON is an issue like any other. */
export const jsonText = z.string().transform((text, context) => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("no JSON");
    return z.NEVER;
  }
});
