import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { changesStream, serviceStream } from "../../core/evidence/stream.ts";
import type { Head } from "../../core/ports.ts";
import { type Bench, event, headOf, production, type Size } from "./ledger-bench.ts";
import { processes, racing } from "./ledger-racing.ts";
import { tampering } from "./ledger-tampering.ts";

export function ledgerContract(
  name: string,
  arrange: () => Promise<Bench>,
  size: Size = { writers: 8, processes: 0 },
): void {
  describe(`the ledger contract: ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await arrange();
    });
    afterEach(async () => {
      await bench.close();
    });

    appending(() => bench);
    racing(() => bench, size.writers);
    tampering(() => bench, size.brief === true);
    if (size.processes > 0) processes(() => bench, size.processes);
  });
}

function appending(bench: () => Bench): void {
  it("reads an empty stream as empty", async () => {
    const ledger = await bench().open();
    expect(await ledger.read(production)).toEqual({ stream: production, events: [], head: null });
    expect(await ledger.head(production)).toBeNull();
    expect(await ledger.streams()).toEqual([]);
  });

  it("gives back what was appended, to this writer and to another", async () => {
    const ledger = await bench().open();
    const first = await ledger.append(production, [event({ number: 1 })], null);
    const second = await ledger.append(
      production,
      [event({ number: 2 }), event({ number: 3 })],
      headOf(first),
    );
    for (const reader of [ledger, await bench().open()]) {
      const chain = await reader.read(production);
      expect(chain.fault).toBeUndefined();
      expect(chain.events).toEqual([...first, ...second]);
      expect(chain.events.map(({ sequence, body }) => [sequence, body.number])).toEqual([
        [0, 1],
        [1, 2],
        [2, 3],
      ]);
      expect(chain.head).toEqual(headOf(second));
      expect(await reader.head(production)).toEqual(chain.head);
      expect(await reader.streams()).toEqual([production]);
    }
  });

  it("refuses a stale head and writes nothing", async () => {
    const [ledger, other] = [await bench().open(), await bench().open()];
    const first = await ledger.append(production, [event()], null);
    const second = await other.append(production, [event()], headOf(first));
    const stale: (Head | null)[] = [null, headOf(first), { sequence: 1, hash: "0".repeat(64) }];
    for (const writer of [ledger, other]) {
      for (const head of stale) {
        await expect(writer.append(production, [event({ late: true })], head)).rejects.toThrow(HeadMoved);
      }
    }
    expect((await ledger.read(production)).events).toEqual([...first, ...second]);
  });

  it("keeps streams apart, whatever environments and services are called", async () => {
    const ledger = await bench().open();
    const names: [string, string][] = [
      ["production", "payments-api"],
      ["production", "Payments-API"],
      ["changes", "history"],
      ["con", "nul.txt"],
      ["../..", "-rf ~"],
      ["prod/eu", "a..b.lock"],
      ["Ünïcode 🚀", ".hidden."],
    ];
    const streams = [
      changesStream,
      ...names.map(([environment, service]) => serviceStream(environment, service)),
    ];
    for (const stream of streams) await ledger.append(stream, [event({ stream })], null);
    const other = await bench().open();
    expect(await other.streams()).toEqual([...streams].sort());
    for (const stream of streams) {
      const chain = await other.read(stream);
      expect(chain.fault).toBeUndefined();
      expect(chain.events.map(({ body }) => body)).toEqual([{ stream }]);
    }
  });

  it("keeps Unicode, control characters and bodies of 64 KiB as they are", async () => {
    const ledger = await bench().open();
    const bodies = [
      { text: "žluťoučký kůň 🐎 \u0000\u001b[31m\r\n\u2028\ufeff e\u0301 \u202e" },
      { text: "x".repeat(64 * 1024), nested: { list: [1, null, "two", { three: 3.5e-7 }] } },
      { text: "🚀".repeat(16 * 1024) },
      JSON.parse('{"constructor": "kept", "nested": {"__proto__": {"polluted": true}}}'),
    ];
    await ledger.append(
      production,
      bodies.map((body) => event(body)),
      null,
    );
    const chain = await (await bench().open()).read(production);
    expect(chain.fault).toBeUndefined();
    expect(chain.events.map(({ body }) => JSON.stringify(body))).toEqual(bodies.map((body) => sorted(body)));
  });

  it("grows past a folder of events without a break", async () => {
    const ledger = await bench().open();
    const first = await ledger.append(
      production,
      Array.from({ length: 99 }, (_, number) => event({ number })),
      null,
    );
    const second = await ledger.append(production, [event({ number: 99 })], headOf(first));
    await ledger.append(production, [event({ number: 100 }), event({ number: 101 })], headOf(second));
    for (const reader of [ledger, await bench().open()]) {
      const chain = await reader.read(production);
      expect(chain.fault).toBeUndefined();
      expect(chain.events.map(({ body }) => body.number)).toEqual(
        Array.from({ length: 102 }, (_, index) => index),
      );
      expect((await reader.head(production))?.sequence).toBe(101);
    }
  });

  it("refuses what no ledger could give back, and writes nothing", async () => {
    const ledger = await bench().open();
    const deep = JSON.parse(`${'{"a":'.repeat(200)}1${"}".repeat(200)}`);
    for (const body of [{ text: "x".repeat(1024 * 1024) }, { value: Number.NaN }, deep]) {
      await expect(ledger.append(production, [event(body)], null)).rejects.toMatchObject({
        reasonCode: "bad-event",
      });
    }
    for (const stream of ["", "Production/api", "../etc/passwd", "a/b/c", "history", "changes/api"]) {
      await expect(ledger.append(stream, [event()], null)).rejects.toMatchObject({
        reasonCode: "bad-stream",
      });
      await expect(ledger.read(stream)).rejects.toMatchObject({ reasonCode: "bad-stream" });
    }
    expect(await ledger.streams()).toEqual([]);
  });
}

function sorted(body: Record<string, unknown>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(body).sort(([left], [right]) => (left < right ? -1 : 1))),
  );
}
