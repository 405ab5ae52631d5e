/** One run of lines that a change takes away and puts in their place, as a patch without context has it. */
export type Hunk = {
  /** The first line that is taken away, from 1; where none is, the line that the new ones stand behind. */
  at: number;
  removed: number;
  added: number;
  /** The lines themselves; absent where the patch is too large to keep them. */
  text?: { removed: readonly string[]; added: readonly string[] };
};

const header = /^@@ -(\d{1,10})(?:,(\d{1,10}))? \+\d{1,10}(?:,(\d{1,10}))? @@/;

/** Hunks of one file's patch. Of a patch of which only the headers of hunks are left, the counts still hold. */
export function hunksOf(section: string, withText: boolean): Hunk[] {
  const hunks: Hunk[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  let hunk: Hunk | undefined;
  const close = () => {
    if (hunk && withText && removed.length === hunk.removed && added.length === hunk.added)
      hunk.text = { removed, added };
    removed = [];
    added = [];
  };
  for (let start = 0; start < section.length; ) {
    const end = section.indexOf("\n", start);
    const stop = end < 0 ? section.length : end;
    const sign = section.charCodeAt(start);
    if (sign === minus && hunk) {
      if (withText) removed.push(section.slice(start + 1, stop));
    } else if (sign === plus && hunk) {
      if (withText) added.push(section.slice(start + 1, stop));
    } else if (sign === at) {
      const [all, line, old = "1", fresh = "1"] = header.exec(section.slice(start, stop)) ?? [];
      if (all !== undefined) {
        close();
        hunk = { at: Number(line), removed: Number(old), added: Number(fresh) };
        hunks.push(hunk);
      }
    }
    start = stop + 1;
  }
  close();
  return hunks;
}

const minus = 0x2d;
const plus = 0x2b;
const at = 0x40;
