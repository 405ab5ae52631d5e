import * as z from "zod";

/** What a single window says, before what came before it is heard. */
export type WindowSign = "rollback" | "hold" | "slow" | "healthy" | "missing";

const words = ["go-on", "slow", "hold", "rollback"] as const;
type Word = (typeof words)[number];

/** Kept between windows, as plain JSON. */
export const standing = z.strictObject({
  word: z.enum(words),
  /** Windows in a row that asked for less than `word`, and the most that they asked for. */
  calm: z.strictObject({ windows: z.int().min(0), asked: z.enum(words) }),
  healthy_in_a_row: z.int().min(0),
});
export type Standing = z.infer<typeof standing>;

const noCalm = { windows: 0, asked: "go-on" } as const;
export const atStart: Standing = { word: "go-on", calm: noCalm, healthy_in_a_row: 0 };

/** So many windows in a row without its cause, and a slow or hold is over. */
const calmWindows = 2;

/**
 * The standing answer after one more window. A stricter sign counts at once. A rollback stays: half of it is done by
 * then, and going to and fro is worse than either. A slow or hold ends, or softens, only after two windows in a row
 * that ask for less. A missing window is neither: it does not add to the healthy windows in a row nor set them back,
 * and neither brings the end of a hold nearer nor puts it off. So data that are missing never promote, and a scrape
 * that failed does not throw away twenty minutes of evidence. A window with a sign
 * of harm sets the count to zero. That harm is out of the question is asked besides, where a promotion is at stake.
 */
export function afterWindow(before: Standing, sign: WindowSign): Standing {
  if (before.word === "rollback" || sign === "missing") return before;
  const healthy_in_a_row = sign === "healthy" ? before.healthy_in_a_row + 1 : 0;
  const asked = sign === "healthy" ? "go-on" : sign;
  if (words.indexOf(asked) >= words.indexOf(before.word))
    return { word: asked, calm: noCalm, healthy_in_a_row };
  const calm = { windows: before.calm.windows + 1, asked: stricter(before.calm.asked, asked) };
  if (calm.windows < calmWindows) return { word: before.word, calm, healthy_in_a_row };
  return { word: calm.asked, calm: noCalm, healthy_in_a_row };
}

function stricter(left: Word, right: Word): Word {
  return words.indexOf(left) > words.indexOf(right) ? left : right;
}

/** True where nothing stands in the way and enough windows in a row were healthy. */
export function mayPromote({ word, healthy_in_a_row }: Standing, needed: number): boolean {
  return word === "go-on" && healthy_in_a_row >= needed;
}
