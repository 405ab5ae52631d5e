import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leftFiles } from "../../../adapters/targets/left-files.ts";
import type { HandsOff, Mark } from "../../../core/rollout/observed.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "left-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shape = { stable: "v1", candidate: "v2", share: 10 };
const mark: Mark = {
  rollout: "ro_0123456789ab",
  fencing: 1,
  number: 2,
  from: { ...shape, share: 0 },
  to: shape,
};
const handsOff: HandsOff = { by: "maria", reason: "an incident", until: null };

test("what is written is read, and where nothing was written nothing is left", async () => {
  const left = leftFiles(join(folder, "deep", "socket"));
  expect(await left.read()).toEqual({ mark: null, handsOff: null });
  await left.writeMark(mark);
  await left.writeHandsOff(handsOff);
  expect(await left.read()).toEqual({ mark, handsOff });
  await left.writeHandsOff(null);
  expect(await left.read()).toEqual({ mark, handsOff: null });
});

test("a person's word and the driver's mark, written at once, both stand", async () => {
  const writers = Array.from({ length: 20 }, () => leftFiles(join(folder, "socket")));
  await Promise.all(writers.flatMap((one) => [one.writeMark(mark), one.writeHandsOff(handsOff)]));
  expect(await leftFiles(join(folder, "socket")).read()).toEqual({ mark, handsOff });
  expect(await readdir(folder)).toHaveLength(2);
});

test.each(["mark", "hands-off"])("a %s that nobody understands is a target that is away", async (name) => {
  const path = join(folder, `socket.${name}.json`);
  await writeFile(path, "{}");
  const away = { reasonCode: "target-unavailable", message: expect.stringContaining(path) };
  await expect(leftFiles(join(folder, "socket")).read()).rejects.toMatchObject(away);
  await expect(leftFiles(join(path, "below")).writeMark(mark)).rejects.toMatchObject({
    reasonCode: "target-unavailable",
  });
});
