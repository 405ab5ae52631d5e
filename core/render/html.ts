import { xml } from "./escape.ts";

/**
 * The only way in which a page is put together. Whatever is set into the template is escaped, unless it came out of
 * the template itself: titles, branches, reasons and errors are written by whoever wanted to.
 */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type { Markup };

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** No text on a page is longer: a reason of a megabyte is cut like any other. */
const longest = 2000;

export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = strings.flatMap((text, index) => [
    text,
    index < contents.length ? written(contents[index]) : "",
  ]);
  return new Markup(parts.join(""));
}

/** For what was escaped by its own maker: the style sheet and the drawn contributors. Never for anybody's text. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function written(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "string") return xml(content, longest);
  if (typeof content === "number") return String(content);
  return content.map(written).join("");
}
