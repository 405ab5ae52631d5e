import { expect, it } from "vitest";
import { takesBack } from "../../adapters/github/revert.ts";

const moved = (from: string, to: string, patch: string) => ({
  filename: to,
  previous_filename: from,
  status: "renamed",
  additions: 1,
  deletions: 1,
  changes: 2,
  patch,
});

it.each([
  ["src/old.ts", true],
  ["src/other.ts", false],
])("a move is taken back to where it came from and nowhere else: %s, %s", (to, expected) => {
  const landed = moved("src/old.ts", "src/new.ts", "@@ -1 +1 @@\n-a\n+b");
  expect(takesBack([moved("src/new.ts", to, "@@ -1 +1 @@\n-b\n+a")], [landed])).toBe(expected);
});
