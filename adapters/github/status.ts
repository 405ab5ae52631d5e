import * as z from "zod";

const answered = z.looseObject({ status: z.number() });

/** The status of GitHub's answer, where what was thrown is one. */
export function statusOf(error: unknown): number | undefined {
  return answered.safeParse(error).data?.status;
}
