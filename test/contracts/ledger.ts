import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendWithRetry, type Retry, record } from "../../core/evidence/append.ts";
import type { LedgerEvent, NewEvent } from "../../core/evidence/event.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { foldLease } from "../../core/evidence/lease.ts";
import { changesStream, serviceStream } from "../../core/evidence/stream.ts";
import { takeLease } from "../../core/evidence/take-lease.ts";
import { verifyChain } from "../../core/evidence/verify.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import { runWriter, startWriter } from "./ledger-processes.ts";

/** What every home of a ledger promises. An adapter's own test adds only its quirks. */
export type Bench = {
  /** A writer of its own on the same home, as on another machine. */
  open(): Promise<Ledger>;
  /** Settings with which a writer in another process opens the home; absent where no process can. */
  settings?(writer: number): Promise<object>;
  /** Changes the stored files of a stream behind the ledger's back. */
  tamper(stream: string, change: (files: Map<string, string>) => void): Promise<void>;
  close(): Promise<void>;
};

export type Size = {
  writers: number;
  processes: number;
  /** Leaves out tampering that differs in the reading of lines only, where every file takes many processes. */
  brief?: boolean;
};

export const event = (body: NewEvent["body"] = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  kind: "outcome",
  at: "2026-03-01T10:00:00.000Z",
  actor: "octocat",
  nonce: randomUUID(),
  body,
  ...more,
});

export const retry: Retry = {
  attempts: 400,
  random: Math.random,
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

export const headOf = (events: LedgerEvent[]): Head | null => {
  const last = events.at(-1);
  return last === undefined ? null : { sequence: last.sequence, hash: last.hash };
};

const production = serviceStream("production", "payments-api");

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

function racing(bench: () => Bench, writers: number): void {
  const everybody = async <Result>(
    work: (ledger: Ledger, index: number) => Promise<Result>,
  ): Promise<Result[]> => {
    const ledgers = await Promise.all(Array.from({ length: writers }, () => bench().open()));
    return await Promise.all(ledgers.map(work));
  };

  it("loses nothing of many writers at once", async () => {
    await everybody(async (ledger, writer) => {
      for (const number of [0, 1]) {
        if (number === 0) await appendWithRetry(ledger, production, () => [event({ writer, number })], retry);
        else await record(ledger, production, [event({ writer, number })], retry);
      }
    });
    const chain = await (await bench().open()).read(production);
    expect(chain.fault).toBeUndefined();
    const written = chain.events.map(({ body }) => `${body.writer} ${body.number}`).sort();
    expect(written).toEqual(
      Array.from({ length: writers }, (_, writer) => [`${writer} 0`, `${writer} 1`])
        .flat()
        .sort(),
    );
  });

  it("lets one of many writers of equal content win", async () => {
    const first = await (await bench().open()).append(production, [event()], null);
    const won = await everybody(async (ledger) => {
      try {
        return (await ledger.append(production, [event({ equal: true })], headOf(first)))[0]?.hash;
      } catch (error) {
        if (error instanceof HeadMoved || (error instanceof Error && /lock/.test(error.message)))
          return undefined;
        throw error;
      }
    });
    const chain = await (await bench().open()).read(production);
    expect(chain.events).toHaveLength(2);
    expect(won.filter(Boolean)).toEqual([chain.events[1]?.hash]);
  });

  it("gives a lease to one of many, on an empty stream too, and tells the others who", async () => {
    const outcomes = await everybody((ledger, writer) =>
      takeLease(ledger, production, asking(`runner ${writer}`, "2026-03-01T10:00:00.000Z"), retry),
    );
    const winners = outcomes.filter((outcome) => outcome.won);
    expect(winners).toHaveLength(1);
    const holder = winners[0]?.lease.holder;
    for (const outcome of outcomes) if (!outcome.won) expect(outcome.held?.holder).toBe(holder);

    const later = await everybody((ledger, writer) =>
      takeLease(ledger, production, asking(`runner ${writer}`, "2026-03-01T10:05:00.000Z"), retry),
    );
    expect(later.filter((outcome) => outcome.won)).toHaveLength(1);
    const chain = await (await bench().open()).read(production);
    expect(foldLease(chain.events)).toMatchObject({ fencing: 2, void: [] });
  });
}

function asking(holder: string, now: string) {
  return { holder, actor: "octocat", now: () => now, nonce: () => randomUUID(), seconds: 60 };
}

function tampering(bench: () => Bench, brief: boolean): void {
  const cases: {
    what: string;
    kind: string;
    sequence: number;
    change: (files: Map<string, string>) => void;
  }[] = [
    {
      what: "an edited body",
      kind: "hash",
      sequence: 1,
      change: (files) => edit(files, 1, '"number":1', '"number":7'),
    },
    {
      what: "an edited hash",
      kind: "hash",
      sequence: 2,
      change: (files) => edit(files, 2, '"hash":"', '"hash":"f'),
    },
    {
      what: "a line written otherwise",
      kind: "shape",
      sequence: 2,
      change: (files) => edit(files, 2, '{"actor":', '{ "actor":'),
    },
    {
      what: "a key that counts for nothing",
      kind: "shape",
      sequence: 2,
      change: (files) => edit(files, 2, '"body":{', '"body":{"a":null,'),
    },
    { what: "a torn line", kind: "shape", sequence: 3, change: (files) => cut(files, 3) },
    {
      what: "text that is no JSON",
      kind: "shape",
      sequence: 0,
      change: (files) => files.set(path(0), "oops\n"),
    },
    { what: "a file without events", kind: "shape", sequence: 2, change: (files) => files.set(path(2), "") },
    { what: "a deleted event", kind: "sequence", sequence: 1, change: (files) => files.delete(path(1)) },
    { what: "two events in each other's place", kind: "sequence", sequence: 1, change: swap },
    {
      what: "an event copied to the end",
      kind: "sequence",
      sequence: 4,
      change: (files) => copy(files, 3, 4),
    },
  ];

  const telling = cases.filter(({ what }) => !brief || /edited body|torn|deleted/.test(what));
  it.each(telling)("names $what by stream, sequence and kind", async ({ kind, sequence, change }) => {
    const ledger = await bench().open();
    let head: Head | null = null;
    for (const number of [0, 1, 2, 3])
      head = headOf(await ledger.append(production, [event({ number })], head));
    await bench().tamper(production, change);
    const chain = await (await bench().open()).read(production);
    expect(chain.fault).toMatchObject({ stream: production, kind, sequence });
    expect(chain.events.map((kept) => kept.sequence)).toEqual(
      Array.from({ length: sequence }, (_, index) => index),
    );
    const once = appendWithRetry(await bench().open(), production, () => [event()], {
      ...retry,
      attempts: 3,
    });
    await expect(once).rejects.toMatchObject({ reasonCode: "ledger-tampered" });
  });

  it("shows a truncation against an anchor, and says that without one it would not", async () => {
    const ledger = await bench().open();
    let head: Head | null = null;
    for (const number of [0, 1, 2]) head = headOf(await ledger.append(production, [event({ number })], head));
    const anchor = { stream: production, sequence: head?.sequence ?? -1, hash: head?.hash ?? "" };
    await bench().tamper(production, (files) => files.delete(path(2)));
    const chain = await (await bench().open()).read(production);
    expect(verifyChain(chain).sentences.join(" ")).toContain("a truncation would not show");
    expect(verifyChain(chain, [anchor]).fault).toMatchObject({
      kind: "anchor",
      sequence: 2,
      stream: production,
    });
  });
}

const path = (sequence: number) => `0000000/00000000${sequence}.jsonl`;
const text = (files: Map<string, string>, sequence: number) => files.get(path(sequence)) ?? "";

function edit(files: Map<string, string>, sequence: number, from: string, to: string): void {
  const before = text(files, sequence);
  expect(before).toContain(from);
  files.set(path(sequence), before.replace(from, to));
}

function cut(files: Map<string, string>, sequence: number): void {
  files.set(path(sequence), text(files, sequence).slice(0, 50));
}

function swap(files: Map<string, string>): void {
  const [one, two] = [text(files, 1), text(files, 2)];
  files.set(path(1), two).set(path(2), one);
}

function copy(files: Map<string, string>, from: number, to: number): void {
  files.set(path(to), text(files, from));
}

function processes(bench: () => Bench, count: number): void {
  const settings = async (writer: number) => (await bench().settings?.(writer)) ?? {};

  it(`loses nothing of ${count} processes at once`, async () => {
    const places = await Promise.all(Array.from({ length: count }, (_, writer) => settings(writer)));
    await Promise.all(
      places.map((place, writer) => runWriter(place, "append", production, `writer ${writer}`, "2")),
    );
    const chain = await (await bench().open()).read(production);
    expect(chain.fault).toBeUndefined();
    const written = chain.events.map(({ body }) => `${body.writer} ${body.number}`).sort();
    const expected = places.flatMap((_, writer) => [`writer ${writer} 0`, `writer ${writer} 1`]);
    expect(written).toEqual(expected.sort());
  });

  it(`gives a lease to one of ${count} processes`, async () => {
    const places = await Promise.all(Array.from({ length: count }, (_, writer) => settings(writer)));
    const outcomes = await Promise.all(
      places.map((place, writer) => runWriter(place, "lease", production, `runner ${writer}`)),
    );
    const won = outcomes.flat().filter((outcome) => JSON.stringify(outcome) === '{"won":true,"fencing":1}');
    expect(won).toHaveLength(1);
    expect(outcomes.flat()).toHaveLength(count);
  });

  it("keeps every acknowledged event when a writer is killed, and goes on", async () => {
    const acknowledged: number[] = [];
    for (const kills of [1, 4, 7]) {
      const { child, lines } = startWriter(
        await settings(0),
        "append",
        production,
        `writer ${kills}`,
        "1000",
      );
      let seen = 0;
      for await (const line of lines) {
        acknowledged.push(JSON.parse(line).sequence);
        seen += 1;
        if (seen === kills) child.kill("SIGKILL");
      }
    }
    const ledger = await bench().open();
    const { chain } = await appendWithRetry(ledger, production, () => [event({ after: "kill" })], retry);
    expect(chain.fault).toBeUndefined();
    const kept = new Set(chain.events.map(({ sequence }) => sequence));
    expect(acknowledged.length).toBeGreaterThanOrEqual(12);
    expect(acknowledged.filter((sequence) => !kept.has(sequence))).toEqual([]);
  });
}
