/**
 * Titles, paths, test names and report contents come from whoever opened the pull request. Everything that a
 * renderer prints goes through here first, so that it can neither format, link, ping nor move the cursor.
 */

const escapeCode = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
const eightBitIntroducer = String.fromCharCode(0x9b);
const controlSequence = new RegExp(`(?:${escapeCode}\\[|${eightBitIntroducer})[0-?]*[ -/]*[@-~]`, "gu");
const systemCommand = new RegExp(
  `${escapeCode}[\\]P_^][^${bell}${escapeCode}]*(?:${bell}|${escapeCode}\\\\)?`,
  "gu",
);
const directionControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const blanks = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const invisible = /\p{Cf}|\u3164|[\u{E0100}-\u{E01EF}]/gu;
const stackedMarks = /(\p{M}{3})\p{M}+/gu;

/** A runner of GitHub Actions obeys this anywhere in a line that it logs, for example "##[set-output name=x]y". */
const runnerCommand = /##(?=\[)/gu;

/** One line of visible text of at most `longest` characters; what is left out ends in "…". */
export function plain(text: string, longest = 200): string {
  const bounded = text.slice(0, longest * 8);
  const clean = bounded
    .toWellFormed()
    .replace(systemCommand, "")
    .replace(controlSequence, "")
    .replace(blanks, " ")
    .replace(directionControls, "\ufffd")
    .replace(invisible, "")
    .replace(stackedMarks, "$1")
    .replace(runnerCommand, "# #")
    .trim();
  return clip(clean, longest, text.length > bounded.length);
}

function clip(text: string, longest: number, cut: boolean): string {
  const characters = [...text];
  if (characters.length <= longest && !cut) return text;
  const kept = characters
    .slice(0, longest - 1)
    .join("")
    .trimEnd();
  const spanIsOpen = kept.split("`").length % 2 === 0;
  return `${kept}${spanIsOpen ? "`" : ""}…`;
}

/**
 * A code span. Nothing inside is formatted, linked or notified by GitHub. A comment's beginning is broken up, so that
 * no text can pass for the hidden marker by which our own comment is found again.
 */
export function code(text: string, longest = 100): string {
  const content = plain(text, longest).replaceAll("`", "ˋ").replaceAll("<!--", "<!- -");
  return content === "" ? "" : `\`${content}\``;
}

/** Text within a line of Markdown. A pair of backticks stays a code span; file names and mentions become one. */
export function inline(text: string, longest = 200): string {
  const parts = plain(text, longest).split("`");
  const pieces = parts.flatMap((part, index) => {
    if (index % 2 === 0) return words(part);
    return index === parts.length - 1
      ? [`&#96;${words(part).join("")}`]
      : // An empty span would vanish and join its neighbours to a word that was never escaped.
        [
          code(
            part
              .split(" ")
              .map((word) => shortened(word, 60))
              .join(" "),
          ) || " ",
        ];
  });
  let line = "";
  for (const piece of pieces) line += line.endsWith("`") && piece.startsWith("`") ? ` ${piece}` : piece;
  return atLineStart(line.trim());
}

/** Text within a cell of a Markdown table. */
export function cell(text: string, longest = 160): string {
  return tableSafe(inline(text, longest));
}

/** A code span within a cell of a Markdown table. */
export function codeCell(text: string, longest = 80): string {
  return tableSafe(code(text, longest));
}

/** A pipe ends a cell even inside a code span, and a backslash before it is read in two ways: hence the look-alike. */
function tableSafe(markdown: string): string {
  return markdown
    .split("`")
    .map((part, index) => (index % 2 === 1 ? part.replaceAll("\\|", "\\¦").replaceAll("|", "\\|") : part))
    .join("`");
}

function words(text: string): string[] {
  return text.split(/( )/u).map((word) => (word === " " ? word : markdownWord(word)));
}

const opening = /^[([{"'“‘]*/u;
const closing = /[)\]},;:.!?"'”’…]{1,8}$/u;

function markdownWord(word: string): string {
  const before = opening.exec(word)?.[0] ?? "";
  const after = closing.exec(word.slice(before.length))?.[0] ?? "";
  const core = word.slice(before.length, word.length - after.length);
  if (isReference(word) || isFileName(core))
    return `${escapeMarks(before)}${code(shortened(core))}${escapeMarks(after)}`;
  return escapeMarks(shortened(word));
}

/** GitHub turns these into links, pings or cross references after Markdown is read, so that no escape stops them. */
function isReference(word: string): boolean {
  return /@|:\/\/|www\.|#\d|gh-\d/iu.test(word);
}

function isFileName(word: string): boolean {
  return (
    /[\p{L}\d_-][/\\][\p{L}\d_.-]|[\p{L}\d_-]{2}\.[\p{L}_]|^\.[\p{L}]|\p{L}_\p{L}/u.test(word) &&
    /\p{L}/u.test(word)
  );
}

/** The end of a long path says more than its middle. */
export function shortened(word: string, longest = 48): string {
  const characters = [...word];
  if (characters.length <= longest) return word;
  return `${characters.slice(0, 10).join("")}…${characters.slice(11 - longest).join("")}`;
}

const entities = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ["$", "&#36;"],
]);

function escapeMarks(text: string): string {
  return text.replace(/[\\*_[\]|~&<>$]/gu, (mark) => entities.get(mark) ?? `\\${mark}`);
}

/** A heading, a list, a quote or a rule begins only where a line does. */
function atLineStart(line: string): string {
  return line.replace(/^[#+\-=]/u, "\\$&").replace(/^(\d{1,9})([.)])(?= |$)/u, "$1\\$2");
}

/** Text for a terminal: nothing in it moves the cursor or changes a colour. Backticks stay, people read them. */
export function terminalText(text: string, longest = 200): string {
  return plain(text, longest);
}

/** Whole lines for a terminal, or for the log of a runner, which obeys one that begins like "::set-output". */
export function terminalLines(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gmu, "$1: ").replace(runnerCommand, "# #");
}

/** Text or an attribute of SVG. */
export function xml(text: string, longest = 200): string {
  return plain(text, longest)
    .replace(/[\ufffe\uffff]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
