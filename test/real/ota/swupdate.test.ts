import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildImage, type ImageSource, install, makeSigner, type Signer } from "./swupdate.ts";

/** The real swupdate as a device that trusts one certificate: what it installs, and what it refuses. */

let folder: string;
let firmware: string;
let vendor: Signer;
let stranger: Signer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "swupdate-test-"));
  firmware = join(folder, "firmware");
  vendor = makeSigner(folder, "vendor");
  stranger = makeSigner(folder, "stranger");
});
beforeEach(() => writeFile(firmware, "firmware 1.0"));
afterAll(() => rm(folder, { recursive: true }));

const next = (more: Partial<ImageSource> = {}) =>
  buildImage({ version: "2.0", firmware: "firmware 2.0", path: firmware, signer: vendor, ...more });

it("installs what the vendor signed", async () => {
  const { installed, said } = await install(await next(), vendor);
  expect(installed, said).toBe(true);
  expect(await readFile(firmware, "utf8")).toBe("firmware 2.0");
});

describe("refuses, and leaves what is installed,", () => {
  const refused: [string, () => Promise<Buffer>, RegExp][] = [
    [
      "firmware that was changed after signing",
      () => next({ tamper: (place) => writeFile(join(place, "firmware"), "firmware 6.6") }),
      /HASH mismatch/,
    ],
    [
      "a description that was changed after signing",
      () => next({ tamper: (place) => appendFile(join(place, "sw-description"), "\n") }),
      /Signature verification failed/,
    ],
    [
      "an image that another key signed",
      () => next({ signer: stranger }),
      /Authentication of all signatures failed/,
    ],
    ["an image that nobody signed", () => next({ signer: undefined }), /sw-description\.sig/],
    [
      "an image of which a part is missing",
      async () => {
        const image = await next();
        return image.subarray(0, image.indexOf("firmware 2.0") + 4);
      },
      // It may end before its other thread has written why.
      /SWUpdate v/,
    ],
  ];
  it.each(refused)("%s", async (_, build, because) => {
    const { installed, said } = await install(await build(), vendor);
    expect(installed, said).toBe(false);
    expect(said).toMatch(because);
    expect(await readFile(firmware, "utf8")).toBe("firmware 1.0");
  });
});
