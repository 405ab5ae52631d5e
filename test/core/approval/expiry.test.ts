import { describe, expect, test } from "vitest";
import { anyWriter } from "../../../core/approval/asked.ts";
import { holdsUntil } from "../../../core/approval/expiry.ts";

const at = "2026-03-01T10:00:00Z";
const hours = (...spans: (number | undefined)[]) =>
  spans.map((span) => (span === undefined ? anyWriter : { ...anyWriter, expiresAfter: span * 3600 }));
const when = (text: string) => new Date(text);

describe("how long an approval holds", () => {
  test("as long as its commit, where policy says nothing, whatever the clocks say", () => {
    expect(holdsUntil(at, hours(undefined), when("2020-01-01T00:00:00Z"))).toEqual({});
  });

  test("the shortest time of the services that ask, to the very moment", () => {
    const asked = hours(72, undefined, 24);
    const until = "2026-03-02T10:00:00.000Z";
    expect(holdsUntil(at, asked, when("2026-03-02T09:59:59.999Z"))).toEqual({ until });
    expect(holdsUntil(at, asked, when(until))).toMatchObject({
      reason: "approval-expired",
      sentence: expect.stringContaining("hold for 1d"),
    });
  });

  test.each([
    ["2026-03-01T09:55:00Z", { until: "2026-03-02T10:00:00.000Z" }],
    ["2026-03-01T09:54:59Z", { reason: "time-unknown" }],
  ])("a clock that says %s: minutes are forgiven, more is not known", (now, expected) => {
    expect(holdsUntil(at, hours(24), when(now))).toMatchObject(expected);
  });

  test("a time that is none", () => {
    expect(holdsUntil("yesterday", hours(24), when(at))).toMatchObject({ reason: "time-unknown" });
  });
});
