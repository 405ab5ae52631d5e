import { expect, test } from "vitest";
import { revertedAmong } from "../../../core/learning/reverted.ts";

const merge = {
  commit: "a".repeat(40),
  parents: ["b".repeat(40), "c".repeat(40)],
  title: "Add payments",
  message: "Merge pull request #7 from acme/pay\n\nAdd payments",
};
const other = { commit: "d".repeat(40), title: "Add refunds (#8)", message: "Add refunds (#8)" };

test.each([
  ["the merge", `This reverts commit ${"a".repeat(40)}`],
  ["what it brought in, which was reviewed", `This reverts commit ${"c".repeat(40)}.`],
  ["the beginning of a name", "This reverts commit ccccccccc."],
  ["the number of its pull request", "Reverts acme/shop#7"],
])("a change is found by %s", (_, message) => {
  const earlier = revertedAmong<typeof other>();
  earlier.add(merge);
  earlier.add(other);
  expect(earlier.by({ commit: "e", title: "Take it back", message })).toEqual([merge]);
});

test.each([
  ["the commit before it", `This reverts commit ${"b".repeat(40)}`],
  ["no commit of the branch", `This reverts commit ${"f".repeat(40)}`],
])("nothing is found by %s", (_, message) => {
  const earlier = revertedAmong<typeof other>();
  earlier.add(merge);
  expect(earlier.by({ commit: "e", title: "Take it back", message })).toEqual([]);
});
