/**
 * Lines of a comment that a reader sees as text, by their place. Fenced code, quotes and HTML comments are not among
 * them. Where Markdown may be read in two ways, a line has to be visible in each: nobody commands by quoting.
 */
export type Line = { number: number; text: string };

export function visibleLines(body: string): Line[] {
  const raw = body.split(/\r\n|\r|\n/);
  const shown = blanked(body).split(/\r\n|\r|\n/);
  const hidden = [raw, shown].flatMap((lines) => [fenced(lines, plainFence), fenced(lines, anyFence)]);
  const quotes = quoted(raw);
  return shown.flatMap((text, index) => {
    const isHidden = quotes.has(index) || hidden.some((one) => one.has(index));
    // What a comment stood before does not begin its line.
    const begins = raw[index]?.charAt(0) === text.charAt(0);
    return isHidden || !begins ? [] : [{ number: index + 1, text }];
  });
}

/** What is not shown, or is shown as code or a quote; an end that is missing hides the rest, as it does on the page. */
const hiding = /<!--[\s\S]*?(?:-->|$)|<(pre|code|blockquote)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;

function blanked(body: string): string {
  return body.replace(hiding, (hidden) => hidden.replace(/[^\r\n]+/g, ""));
}

/** At most three blanks before it, or anywhere behind blanks, markers of lists and quotes. */
const plainFence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const anyFence = /^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*(`{3,}(?=[^`]*$)|~{3,})(.*)$/;

function fenced(lines: readonly string[], fence: RegExp): Set<number> {
  const inside = new Set<number>();
  let open = "";
  lines.forEach((line, index) => {
    const [, marker = "", rest = ""] = fence.exec(line) ?? [];
    if (open !== "" || marker !== "") inside.add(index);
    if (open === "") open = marker;
    // A word behind the marks begins code, and never ends it.
    else if (marker.startsWith(open) && rest.trim() === "") open = "";
  });
  return inside;
}

/** A quote goes on until a blank line, also where its mark is left out. */
function quoted(lines: readonly string[]): Set<number> {
  const inside = new Set<number>();
  let open = false;
  lines.forEach((line, index) => {
    if (line.trim() === "") open = false;
    else if (/^(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*>/.test(line)) open = true;
    if (open) inside.add(index);
  });
  return inside;
}
