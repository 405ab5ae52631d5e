import { grouped } from "./numbers.ts";
import { displayWidth, wrapToWidth } from "./width.ts";

/** What every text for a terminal is written with: its width, and colours where they were asked for. */

export type Paper = {
  /** Colours only where they were asked for: the text says the same without them. */
  colour?: boolean;
  /** Columns of the terminal; kept between 60 and 120. */
  width?: number;
};

export type Style = "bold" | "dim" | "red" | "green" | "yellow";
const styleCodes: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
const introducer = `${String.fromCharCode(0x1b)}[`;

export type Pen = { width: number; paint: (text: string, style: Style) => string };

export function penFor(paper: Paper): Pen {
  return {
    width: Math.min(120, Math.max(60, Math.floor(paper.width ?? 80) || 80)),
    paint: (text, style) =>
      paper.colour && text !== "" ? `${introducer}${styleCodes[style]}m${text}${introducer}0m` : text,
  };
}

/** Lines behind a mark, the next ones indented under the first. */
export function hanging(mark: string, text: string, pen: Pen): string[] {
  const lines = wrapToWidth(text, pen.width - displayWidth(mark));
  return lines.map((line, index) => (index === 0 ? mark : " ".repeat(displayWidth(mark))) + line);
}

export function upTo(lines: string[], most: number): string[] {
  return lines.length > most ? [...lines.slice(0, most), `and ${grouped(lines.length - most)} more`] : lines;
}

/** Parts between dots, as many on a line as fit: a name is not cut off from what it names. */
export function filled(parts: readonly (string | undefined)[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    if (part === undefined) continue;
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last} · ${part}`;
    if (last === undefined || displayWidth(longer) > width) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
