import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { appendWithRetry, record } from "../../core/evidence/append.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { foldLease } from "../../core/evidence/lease.ts";
import { takeLease } from "../../core/evidence/take-lease.ts";
import type { Ledger } from "../../core/ports.ts";
import { type Bench, event, headOf, production, retry } from "./ledger-bench.ts";
import { runWriter, startWriter } from "./ledger-processes.ts";

export function racing(bench: () => Bench, writers: number): void {
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

export function processes(bench: () => Bench, count: number): void {
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
