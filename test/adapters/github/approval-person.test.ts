import { expect, test } from "vitest";
import { askPerson } from "../../../adapters/github/approval-person.ts";
import { anyWriter } from "../../../core/approval/asked.ts";
import { isPermitted } from "../../../core/approval/may-approve.ts";

const place = { owner: "acme", name: "shop" };
const told = (answer: Record<string, unknown>) => ({
  request: async () => ({ data: { user: { login: "rita", type: "User" }, ...answer } }),
  graphql: () => Promise.reject(new Error("GraphQL is not asked.")),
});

test.each([
  ["a role of GitHub's own by its name", { permission: "write", role_name: "maintain" }, "maintain", true],
  ["one that GitHub counts as reading", { permission: "read", role_name: "triage" }, "triage", false],
  [
    "a custom role by what it inherits",
    { permission: "write", role_name: "release-engineer" },
    "write",
    true,
  ],
  ["a custom role that may only read", { permission: "read", role_name: "auditor" }, "read", false],
  ["a custom role of an administrator", { permission: "admin", role_name: "org-owner" }, "admin", true],
  ["nobody", { permission: "none", role_name: "none" }, "none", false],
  ["a custom role of which nothing else is told", { role_name: "release-engineer" }, null, false],
  ["a role that is not told", { permission: "write" }, null, false],
])("%s", async (_, answer, role, may) => {
  const person = await askPerson(told(answer), place, "rita", [anyWriter]);
  expect([person.role, isPermitted(person, [anyWriter]).may]).toEqual([role, may]);
});
