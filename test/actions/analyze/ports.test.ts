import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { portsOfProcess } from "../../../actions/analyze/ports.ts";

const day = 86_400_000;
const warned: Error[] = [];
const hear = (warning: Error): void => void warned.push(warning);
const ports = portsOfProcess(".");

beforeEach(() => {
  process.on("warning", hear);
});
afterEach(() => {
  process.off("warning", hear);
  ports.close();
  vi.restoreAllMocks();
});

it("a wait longer than a timer can be still waits, and ends where the run is stopped", async () => {
  const stopping = new AbortController();
  let over = false;
  const waiting = ports.sleep(30 * day, stopping.signal).then(() => {
    over = true;
  });
  // A timer that overflows is over after one millisecond, and Node warns of it.
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(over).toBe(false);
  expect(warned.map(({ name }) => name)).not.toContain("TimeoutOverflowWarning");
  stopping.abort();
  await waiting;
  expect(over).toBe(true);
});

it("no time at all is over at once", async () => {
  await expect(ports.sleep(0, new AbortController().signal)).resolves.toBeUndefined();
});
