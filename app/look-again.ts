import type { Work } from "./ports.ts";

/** Has a pull request decided again at a moment, in its own lane. Each reason has one timer. */
export function lookAgain(
  { repository, number, why }: { repository: string; number: number; why: string },
  at: Date,
  work: Pick<Work, "installation" | "later">,
): Promise<void> {
  return work.later(
    {
      key: `settle ${repository}#${number} ${why}`,
      lane: `${repository.toLowerCase()}#${number}`,
      installation: work.installation,
      payload: { kind: "settle", repository, number },
    },
    at,
  );
}
