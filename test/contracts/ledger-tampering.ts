import { expect, it } from "vitest";
import { appendWithRetry } from "../../core/evidence/append.ts";
import { verifyChain } from "../../core/evidence/verify.ts";
import type { Head } from "../../core/ports.ts";
import { type Bench, event, headOf, production, retry } from "./ledger-bench.ts";

export function tampering(bench: () => Bench, brief: boolean): void {
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
