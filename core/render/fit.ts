/** A piece of a document. Where the whole is too long, pieces with the highest `drop` go first; 0 always stays. */
export type Section = { text: string; drop: number };

/** Joins sections within a limit of characters, leaving out whole sections and never the head. */
export function fitSections(
  sections: readonly Section[],
  limit: number,
  rest = "The decision's document holds the rest.",
): string {
  const kept = sections.filter((section) => section.text !== "");
  const shortened = `\n\n_Shortened to fit. ${rest}_`;
  let text = joinSections(kept);
  while (text.length > limit) {
    const last = Math.max(...kept.map((section) => section.drop));
    if (last <= 0) return `${text.slice(0, limit - shortened.length).toWellFormed()}${shortened}`;
    const index = kept.findLastIndex((section) => section.drop === last);
    kept.splice(index, 1);
    text = joinSections(kept) + shortened;
  }
  return text;
}

function joinSections(sections: readonly Section[]): string {
  return sections.map((section) => section.text).join("\n\n");
}
