import * as z from "zod";
import type { Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import type { Tell } from "./index.ts";

const event = z.object({
  action: z.enum(["submitted", "dismissed"]),
  repository: z.object({ full_name: z.string() }),
  pull_request: z.object({ number: z.int().positive() }),
  review: z.object({ state: z.string() }),
});

/** A review that approves, rejects or is dismissed may change what an approval is worth; a remark changes nothing. */
export async function onReview(payload: unknown, work: Work, tell: Tell): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data || data.review.state.toLowerCase() === "commented") return;
  await redecideAndTell(data.repository.full_name, data.pull_request.number, work, tell);
}
