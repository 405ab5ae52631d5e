import type { RolloutPlan } from "./plan.ts";

/** Takes a version out of a file of Git again: what it says afterwards, or why that is for a person. */
export type PutBack = { text: string } | { refused: { code: PutBackRefusal; sentence: string } };
export type PutBackRefusal = "several-matches" | "revert-conflict";
type Versions = Pick<RolloutPlan, "candidate" | "stable">;

/**
 * The file as it is now, as the candidate's commit left it, and as it was before that. Where nothing was changed since,
 * all that the commit did to it is taken back, unless it moved other images too; otherwise the image's line alone.
 */
export function putBack(now: string, left: string, before: string | null, versions: Versions): PutBack {
  const [candidate, stable] = [versions.candidate.id, versions.stable?.id ?? ""];
  const lines = now.split("\n");
  const forms = imageLines(lines, candidate, stable);
  if (forms.length === 0 || forms.some((form) => form.length > 1)) {
    const numbers = forms.flat().map(({ index }) => index + 1);
    return refused(
      "several-matches",
      `One line of the file has to name ${candidate}; these do: ${numbers.join(", ") || "none"}.`,
    );
  }
  const known = new Set((before ?? "").split("\n").map((line) => line.trimEnd()));
  const back = forms.flat();
  if (before === null || back.some(({ line }) => !known.has(line.trimEnd())))
    return refused(
      "revert-conflict",
      `Before the commit of ${candidate} the file did not say ${stable} in that line.`,
    );
  if (now === left && !movesOthers(left, known, candidate)) return { text: before };
  for (const { index, line } of back) lines[index] = line;
  return { text: lines.join("\n") };
}

/** Whether a line of the file asks for one version, where the other one is what might stand there instead. */
export function asksFor(text: string, version: string, other: string): boolean {
  return imageLines(text.split("\n"), version, other).length > 0;
}

/** `line`: with the other version in it. */
type ImageLine = { index: number; line: string };

/** `key: value`, quoted or not, also as an entry of a list, with what stands before and behind the value. */
const entry = /^(\s*(?:- +)?["']?([\w./-]+)["']?\s*:\s+["']?)([^\s"',#]+)(["']?,?\s*(?:\s#.*)?)$/;
/** Names of Kubernetes, kustomize and Helm: a number may stand elsewhere too. */
const partKeys = new Set(["newTag", "tag", "digest"]);

/** Lines that name the image whole, else those of its digest and those of its tag, as kustomize and Helm have them. */
function imageLines(lines: readonly string[], id: string, other: string): ImageLine[][] {
  const whole = linesWith(lines, id, other, () => true);
  if (whole.length > 0) return [whole];
  const [mine, others] = [partsOf(id), partsOf(other)];
  if (mine.name !== others.name) return [];
  const found = (["digest", "tag"] as const).map((part) => {
    const [value, instead] = [mine[part], others[part]];
    if (value === undefined || instead === undefined || value === instead) return [];
    return linesWith(lines, value, instead, (key) => partKeys.has(key));
  });
  return found.filter((form) => form.length > 0);
}

function linesWith(
  lines: readonly string[],
  wanted: string,
  instead: string,
  isKey: (key: string) => boolean,
): ImageLine[] {
  return lines.flatMap((text, index) => {
    const [, head = "", key = "", value, tail = ""] = entry.exec(text) ?? [];
    return value === wanted && isKey(key) ? [{ index, line: `${head}${instead}${tail}` }] : [];
  });
}

function partsOf(id: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const [rest = "", digest] = id.split("@");
  const [, name = rest, tag] = /^(.+):([^/:]+)$/.exec(rest) ?? [];
  return { name, tag, digest };
}

/** Whether the commit brought lines that name images of others. */
function movesOthers(left: string, before: ReadonlySet<string>, candidate: string): boolean {
  const { tag, digest } = partsOf(candidate);
  return left.split("\n").some((line) => {
    const [, , key = "", value = ""] = entry.exec(line) ?? [];
    const isImage = partKeys.has(key) || key === "image";
    return isImage && ![candidate, tag, digest].includes(value) && !before.has(line.trimEnd());
  });
}

function refused(code: PutBackRefusal, sentence: string): PutBack {
  return { refused: { code, sentence } };
}
