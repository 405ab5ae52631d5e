/** The label with which people ask for one line. */
export const quietLabel = "risk:quiet";

export function isQuiet(labels: readonly { name: string }[] | null | undefined): boolean {
  return labels?.some(({ name }) => name === quietLabel) ?? false;
}
