import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Left, readLeft, writeLeft } from "../../../adapters/targets/mark-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mark-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shape = { stable: "v1", candidate: "v2", share: 10 };
const left: Left = {
  mark: { rollout: "ro_0123456789ab", fencing: 1, number: 2, from: { ...shape, share: 0 }, to: shape },
  handsOff: { by: "maria", reason: "an incident", until: null },
};

test("what is written is read, and where nothing was written nothing is left", async () => {
  const path = join(folder, "deep", "mark.json");
  expect(await readLeft(path)).toEqual({ mark: null, handsOff: null });
  await writeLeft(path, left);
  expect(await readLeft(path)).toEqual(left);
});

test("a file that nobody understands, or that cannot be written, is a target that is away", async () => {
  const path = join(folder, "mark.json");
  await writeFile(path, "{}");
  const away = { reasonCode: "target-unavailable", message: expect.stringContaining(path) };
  await expect(readLeft(path)).rejects.toMatchObject(away);
  await expect(writeLeft(join(path, "below"), left)).rejects.toMatchObject(away);
});
