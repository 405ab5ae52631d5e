import { describe, expect, test } from "vitest";
import {
  carry,
  firstParents,
  type JudgedSegment,
  type PullOfCommit,
  segmentsOf,
} from "../../../core/approval/carry.ts";

const squash: PullOfCommit = { number: 7, head: "head7", mergeCommit: "c1" };
const rebased: PullOfCommit = { number: 8, head: "head8", mergeCommit: "c3" };
const row = (...shas: string[]) => shas.map((sha, index) => ({ sha, parents: [shas[index + 1] ?? "base"] }));

describe("the branch back to its base", () => {
  test("goes by first parents: what a merge brought in stands beside it", () => {
    const commits = [
      { sha: "side", parents: ["base"] },
      { sha: "merge", parents: ["base", "side"] },
      { sha: "top", parents: ["merge"] },
    ];
    expect(firstParents(commits, "base", "top")).toMatchObject([{ sha: "top" }, { sha: "merge" }]);
  });
  test.each([
    ["a commit that is missing", [{ sha: "top", parents: ["gone"] }], "gone"],
    ["a root", [{ sha: "top", parents: [] }], "top"],
    ["a circle", [{ sha: "top", parents: ["top"] }], "top"],
  ])("breaks at %s", (_, commits, where) => {
    expect(firstParents(commits, "base", "top")).toMatchObject({
      carried: false,
      reason: "approval-not-carried",
      sentence: expect.stringContaining(`breaks at ${where}`),
    });
  });
});

describe("which pull request a commit came with", () => {
  test("a squash is one commit, a rebase a row of them", () => {
    const pulls = new Map([
      ["c3", [rebased]],
      ["c2", [rebased]],
      ["c1", [squash]],
    ]);
    expect(segmentsOf(row("c3", "c2", "c1"), pulls)).toEqual([
      { pull: rebased, from: "c1", to: "c3" },
      { pull: squash, from: "base", to: "c1" },
    ]);
  });
  test.each([
    ["no pull request", []],
    ["a pull request that was merged as another commit", [{ ...squash, mergeCommit: "other" }]],
    ["two that both say so", [squash, { ...squash, number: 9 }]],
  ])("a commit with %s is named", (_, pulls) => {
    expect(segmentsOf(row("c1"), new Map([["c1", pulls]]))).toMatchObject({
      carried: false,
      sentence: expect.stringContaining("the commit c1 came with no pull request"),
    });
  });
  test("a commit slipped below a squash stands alone", () => {
    const pulls = new Map([["c1", [squash]]]);
    expect(segmentsOf(row("c1", "slipped"), pulls)).toMatchObject({
      sentence: expect.stringContaining("slipped"),
    });
  });
});

describe("what carries", () => {
  const judged = (about: Partial<JudgedSegment<{ actor: string }>> = {}) => ({
    segment: { pull: squash, from: "base", to: "c1" },
    approvedPatch: "same",
    mergedPatch: "same",
    approvals: [{ actor: "maria" }],
    ...about,
  });
  test("equal patches with approvals of every head", () => {
    const approvals = [{ actor: "ana" }];
    expect(carry([judged(), judged({ approvals })], 1)).toEqual({
      carried: true,
      approvals: [{ actor: "maria" }, { actor: "ana" }],
    });
  });
  test("every pull request that lacks an approval is named at once", () => {
    const other = { ...squash, number: 9, head: "h9" };
    const lacking = judged({ approvals: [] });
    const answer = carry(
      [lacking, judged(), { ...lacking, segment: { ...lacking.segment, pull: other } }],
      1,
    );
    expect(answer).toMatchObject({
      sentence: expect.stringMatching(/#7 \(0 of 1 at \w+\), #9 \(0 of 1 at h9\)\./),
    });
  });
  test.each([
    [{ approvals: [] }, 1, "#7 (0 of 1 at"],
    [{ approvals: [{ actor: "maria" }, { actor: "Maria" }] }, 2, "#7 (1 of 2 at"],
    [{ mergedPatch: "other" }, 1, "not to the letter"],
    [{ mergedPatch: undefined }, 1, "what was merged is binary"],
    [{ approvedPatch: undefined }, 1, "what was approved is binary"],
    [{ approvedPatch: undefined, mergedPatch: undefined }, 1, "is binary"],
  ])("not %j", (about, needed, sentence) => {
    const answer = carry([judged(), judged(about)], needed);
    if (needed === 1) expect(answer).toMatchObject({ sentence: expect.stringContaining("#7") });
    expect(answer).toMatchObject({ carried: false, reason: "approval-not-carried" });
    expect(carry([judged(about)], needed)).toMatchObject({ sentence: expect.stringContaining(sentence) });
  });
});
