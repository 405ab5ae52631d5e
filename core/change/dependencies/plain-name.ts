const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;
const credentials = /\/\/[^/@\s]*@/g;

/**
 * A name from outside as a log or a comment may show it: no control characters (ANSI sequences start with one),
 * no invisible or reversing ones, no credentials of an address, and bounded.
 */
export function plainName(text: string, longest = 200): string {
  const plain = text
    .slice(0, longest * 4)
    .replace(invisible, "")
    .replace(credentials, "//");
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}
