import type { Git } from "./open.ts";

export type ReleaseTag = { name: string; committedAt: number };

const mostTags = 200;
const preRelease = /(?:alpha|beta|rc|dev|nightly|snapshot|preview|canary|pre)[.\d-]*$/i;

/** The newest release tag that a commit can reach. A moving tag such as v1 gives way to the full one beside it. */
export async function lastRelease(git: Git, commit: string): Promise<ReleaseTag | undefined> {
  const fields = [
    "refname:strip=2",
    "objectname",
    "*objectname",
    "committerdate:unix",
    "*committerdate:unix",
  ];
  const format = `--format=${fields.map((field) => `%(${field})`).join("%00")}`;
  const shape = [`--merged=${commit}`, "--sort=-creatordate", `--count=${mostTags}`, format, "refs/tags"];
  const answer = await git.answer(["for-each-ref", ...shape]);
  const tags = answer.stdout.split("\n").flatMap((line) => {
    const [name = "", object = "", tagged = "", date = "", taggedDate = ""] = line.split("\0");
    const committedAt = Number(taggedDate || date);
    if (!/\d/.test(name) || preRelease.test(name) || !committedAt) return [];
    return [{ name, target: tagged || object, committedAt }];
  });
  const [newest] = tags;
  if (!newest) return undefined;
  const beside = tags.filter(({ target }) => target === newest.target);
  const parts = (tag: ReleaseTag) => tag.name.split(".").length;
  const fullest = beside.reduce((best, tag) => (parts(tag) > parts(best) ? tag : best), newest);
  return { name: fullest.name, committedAt: fullest.committedAt };
}
