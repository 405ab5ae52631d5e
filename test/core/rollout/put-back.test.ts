import { describe, expect, test } from "vitest";
import { asksFor, putBack } from "../../../core/rollout/put-back.ts";

const versions = { candidate: { id: "ghcr.io/acme/shop:2" }, stable: { id: "ghcr.io/acme/shop:1" } };
const manifest = (image: string, more = "") => `spec:\n  replicas: 2\n  image: ${image}\n${more}`;
const kustomization = (tag: string) =>
  `images:\n  - name: ghcr.io/acme/shop\n    newTag: "${tag}" # set by CI\nreplicas: 2\n`;
const [one, two] = ["ghcr.io/acme/shop:1", "ghcr.io/acme/shop:2"];

describe("what a file says once a version is taken out of it", () => {
  test.each<[string, { now: string; left?: string; before: string; expected: string }]>([
    ["the image alone", { now: manifest(two), before: manifest(one), expected: manifest(one) }],
    [
      "with everything else that came with it",
      {
        now: manifest(two, "  flag: new\n"),
        before: manifest(one, "  flag: old\n"),
        expected: manifest(one, "  flag: old\n"),
      },
    ],
    [
      "but not what others did since",
      {
        now: manifest(two, "  later: 1\n"),
        left: manifest(two),
        before: manifest(one),
        expected: manifest(one, "  later: 1\n"),
      },
    ],
    [
      "nor another image that came with it",
      {
        now: manifest(two, "side:\n  image: cart:8\n"),
        before: manifest(one, "side:\n  image: cart:7\n"),
        expected: manifest(one, "side:\n  image: cart:8\n"),
      },
    ],
    [
      "a tag alone, as kustomize has it",
      { now: kustomization("2"), before: kustomization("1"), expected: kustomization("1") },
    ],
    [
      "quoted, in a list, with the line ends of Windows",
      {
        now: `a:\r\n  - "image": "${two}",\r\n`,
        left: "",
        before: `a:\r\n  - "image": "${one}",\r\n`,
        expected: `a:\r\n  - "image": "${one}",\r\n`,
      },
    ],
  ])("%s", (_, { now, left = now, before, expected }) => {
    expect(putBack(now, left, before, versions)).toEqual({ text: expected });
  });

  test.each<[string, string, string | null, string]>([
    ["two lines name it", `${manifest(two)}other:\n  image: ${two}\n`, manifest(one), "several-matches"],
    ["no line names it", manifest("ghcr.io/acme/shop:21"), manifest(one), "several-matches"],
    ["a comment names it", `# image: ${two}\n`, manifest(one), "several-matches"],
    ["another version was there before", manifest(two), manifest("ghcr.io/acme/shop:0"), "revert-conflict"],
    ["the commit made the file", manifest(two), null, "revert-conflict"],
  ])("a person decides where %s", (_, now, before, code) => {
    expect(putBack(now, now, before, versions)).toMatchObject({ refused: { code } });
  });
});

test("a tag and a digest in lines of their own go back together", () => {
  const values = (tag: string, digest: string, more = "") =>
    `image:\n  tag: ${tag}\n  digest: ${digest}\n${more}`;
  const [bad, good] = [`sha256:${"b".repeat(64)}`, `sha256:${"a".repeat(64)}`];
  const ids = { candidate: { id: `shop:2@${bad}` }, stable: { id: `shop:1@${good}` } };
  const [now, before] = [values("2", bad), values("1", good)];
  expect(putBack(now, now, before, ids)).toEqual({ text: before });
  expect(putBack(`${now}later: 1\n`, now, before, ids)).toEqual({ text: `${before}later: 1\n` });
});

test("a digest goes before a tag, and a number elsewhere is no tag", () => {
  const [bad, good] = [`shop:2@sha256:${"b".repeat(64)}`, `shop:1@sha256:${"a".repeat(64)}`];
  expect(asksFor(`  digest: sha256:${"b".repeat(64)}\n`, bad, good)).toBe(true);
  expect(asksFor("replicas: 2\n", "shop:2", "shop:1")).toBe(false);
  expect(asksFor("tag: 2\n", "shop:2", "shop:1")).toBe(true);
  expect(asksFor("tag: 2\n", "shop:2", "cart:1")).toBe(false);
});
