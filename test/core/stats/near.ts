import { expect } from "vitest";

/** Equal but for rounding, as a part of the expected value; near 0, as a difference. */
export function expectNear(actual: number | null | undefined, expected: number, part = 1e-9): void {
  const reach = part * Math.max(Math.abs(expected), 1e-300);
  const off = Math.abs((actual ?? Number.NaN) - expected);
  expect(off, `${actual} where ${expected} is expected`).toBeLessThanOrEqual(expected === 0 ? part : reach);
}
