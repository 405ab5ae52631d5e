import { describe, expect, it } from "vitest";
import { telemetry } from "../../../../core/policy/schema/telemetry.ts";

const within = (timeout: string) =>
  telemetry.safeParse({ kind: "prometheus", url: "http://localhost:9090", timeout });

describe("the timeout of a request", () => {
  it.each(["1s", "30s", "5m", "4m60s"])("may be %s", (timeout) => {
    expect(within(timeout).success).toBe(true);
  });

  // A timer takes 24.8 days at the most, and one of no time is over before anything is asked.
  it.each(["0s", "5m1s", "25d", "999999999d", "soon"])("may not be %s, and what may is said", (timeout) => {
    const said = within(timeout)
      .error?.issues.map(({ message }) => message)
      .join(" ");
    expect(said).toMatch(
      timeout === "soon" ? /for example 90s/ : /^a duration from 1s to 5m is allowed here$/,
    );
  });
});
