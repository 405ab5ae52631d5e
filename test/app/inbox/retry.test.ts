import { expect, test } from "vitest";
import { retryOf } from "../../../app/inbox/retry.ts";

const answered = (status: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error("said"), { status, response: { headers } });
const minute = 60_000;

test.each([
  ["a bug, at first", new TypeError("bug"), 1, 1000],
  ["a bug, once more", new TypeError("bug"), 2, 2000],
  ["a bug for the third time", new TypeError("bug"), 3, undefined],
  ["a refusal for the third time", answered(404), 3, undefined],
  ["a server's error", answered(502), 3, 4000],
  ["a server's error that lasts", answered(502), 40, 10 * minute],
  ["a server's error without an end", answered(502), 500, undefined],
  ["a limit that says how long", answered(429, { "retry-after": "1800" }), 1, 30 * minute],
  ["a limit that is shorter than our patience", answered(429, { "retry-after": "1" }), 5, 16_000],
])("%s is tried again after a while, or not", (_, error, attempts, wait) => {
  expect(retryOf(error, attempts)).toBe(wait);
});
