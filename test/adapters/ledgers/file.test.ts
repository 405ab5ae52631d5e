import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import { segmentPath } from "../../../core/evidence/segment.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import { ledgerContract } from "../../contracts/ledger.ts";
import { event, headOf } from "../../contracts/ledger-bench.ts";
import { fileBench } from "./file-bench.ts";

ledgerContract("file", fileBench, { writers: 20, processes: 4 });

describe("the ledger in a folder", () => {
  const stream = serviceStream("production", "payments-api");
  let bench: Awaited<ReturnType<typeof fileBench>>;
  beforeEach(async () => {
    bench = await fileBench();
  });
  afterEach(() => bench.close());

  it("holds each stream as folders of JSON lines and leaves nothing pending", async () => {
    const ledger = fileLedger({ folder: bench.folder });
    await ledger.append(stream, [event(), event()], null);
    expect(await readdir(join(bench.folder, "production/payments-api/0000000"))).toEqual(["000000000.jsonl"]);
    expect(await readdir(join(bench.folder, ".pending"))).toEqual([]);
  });

  it("takes a file that a dead writer left pending for no event, and clears it after a day", async () => {
    const ledger = fileLedger({ folder: bench.folder });
    const first = await ledger.append(stream, [event()], null);
    const [old, recent] = [join(bench.folder, ".pending/1-dead"), join(bench.folder, ".pending/2-slow")];
    for (const file of [old, recent]) await writeFile(file, '{"half":');
    await utimes(old, new Date(0), new Date(0));
    await ledger.append(stream, [event()], headOf(first));
    expect((await ledger.read(stream)).events).toHaveLength(2);
    expect(await readdir(join(bench.folder, ".pending"))).toEqual(["2-slow"]);
  });

  it("goes on where a writer died between making a folder and its first file", async () => {
    const ledger = fileLedger({ folder: bench.folder });
    const first = await ledger.append(stream, [event()], null);
    await mkdir(join(bench.folder, stream, "0000001"));
    expect(await ledger.head(stream)).toEqual(headOf(first));
    await ledger.append(stream, [event()], headOf(first));
    expect((await ledger.read(stream)).events).toHaveLength(2);
  });

  it("says what a torn last file means, keeps it, and goes on once it is moved aside", async () => {
    const ledger = fileLedger({ folder: bench.folder });
    const first = await ledger.append(stream, [event({ number: 0 })], null);
    await ledger.append(stream, [event({ number: 1 })], headOf(first));
    await bench.tamper(stream, (files) => {
      files.set(segmentPath(1), (files.get(segmentPath(1)) ?? "").slice(0, -10));
    });
    const torn = await ledger.read(stream);
    expect(torn.events).toEqual(first);
    expect(torn.fault?.sentence).toMatch(
      /^Event 1 of production\/payments-api \(.*\) is torn: .* moved aside/,
    );
    await expect(ledger.append(stream, [event()], headOf(first))).rejects.toThrow("is torn");
    await bench.tamper(stream, (files) => {
      files.set("0000000/000000001.jsonl.torn", files.get(segmentPath(1)) ?? "");
      files.delete(segmentPath(1));
    });
    await ledger.append(stream, [event({ number: 2 })], headOf(first));
    expect((await ledger.read(stream)).events.map(({ body }) => body.number)).toEqual([0, 2]);
  });

  it.each(["above/ledger", "above"])(
    "says what to do about a file where a folder should be (%s)",
    async (path) => {
      await writeFile(join(bench.folder, "above"), "");
      const append = fileLedger({ folder: join(bench.folder, path) }).append(stream, [event()], null);
      await expect(append).rejects.toMatchObject({ reasonCode: "ledger-unavailable", exitCode: 69 });
      await expect(append).rejects.toThrow(/The ledger's folder .*above.* folder/);
    },
  );
});
