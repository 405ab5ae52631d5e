import { expect, test } from "vitest";
import { pause } from "../../adapters/pause.ts";

test("a pause is over once it has lasted, or is broken off, which is no fault", async () => {
  await expect(pause(1, new AbortController().signal)).resolves.toBeUndefined();
  const over = new AbortController();
  const long = pause(24 * 3600_000, over.signal);
  over.abort();
  await expect(long).resolves.toBeUndefined();
  await expect(pause(24 * 3600_000, over.signal)).resolves.toBeUndefined();
});
