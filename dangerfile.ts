import { danger, fail, warn } from "danger";

/** Checks on this project's own pull requests, beside what tests can say. */
const changed = [...danger.git.modified_files, ...danger.git.created_files];
const touches = (prefix: string): boolean => changed.some((file) => file.startsWith(prefix));

const code = ["core/", "adapters/", "app/", "actions/", "cli/", "policies/"].some(touches);
if (code && !changed.includes("CHANGELOG.md")) {
  fail("CHANGELOG.md says nothing of this change. Add a line for the people who use what changed.");
}
if (code && !touches("test/")) {
  warn("Code changed and no test did. Name the test that would fail without this change.");
}
if (changed.includes("package.json") && !changed.includes("docs/dependencies.md")) {
  warn(
    "package.json changed. If a dependency came or went, docs/dependencies.md says what for and what was weighed.",
  );
}
if (touches("policies/") && !changed.some((file) => file.endsWith("cases.yaml"))) {
  warn("A shipped policy changed and no case did. Add the case that would have caught a mistake.");
}
