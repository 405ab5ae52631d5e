import { describe, expect, it } from "vitest";
import { exitCodes, UserError } from "../../../core/errors.ts";
import { appendWithRetry, type Retry, record } from "../../../core/evidence/append.ts";
import { seal } from "../../../core/evidence/chain.ts";
import type { LedgerEvent, NewEvent } from "../../../core/evidence/event.ts";
import { HeadMoved } from "../../../core/evidence/head-moved.ts";
import { releaseLease, renewLease, takeLease } from "../../../core/evidence/take-lease.ts";
import type { Ledger } from "../../../core/ports.ts";

const stream = "production/payments-api";
let count = 0;
const event = (number: number): NewEvent => {
  count += 1;
  return {
    kind: "outcome",
    at: "2026-03-01T10:00:00Z",
    actor: "octocat",
    nonce: `nonce-${count}-0123456789`,
    body: { number },
  };
};
const down = () => new UserError("ledger-unavailable", "GitHub answered 503.", exitCodes.unavailable);
const headOf = (events: LedgerEvent[]) => {
  const last = events.at(-1);
  return last === undefined ? null : { sequence: last.sequence, hash: last.hash };
};

/** A ledger in memory whose appends meet, one after the other, what the script says. */
function scripted(script: ("write" | "moved" | "other" | "down" | "lost")[]) {
  let events: LedgerEvent[] = [];
  const calls: string[] = [];
  const ledger: Ledger = {
    streams: async () => [stream],
    head: async () => {
      calls.push("head");
      return headOf(events);
    },
    read: async () => {
      calls.push("read");
      return { stream, events, head: headOf(events) };
    },
    append: async (_stream, given, expected) => {
      const step = script.shift() ?? "write";
      calls.push(step);
      if (step === "down") throw down();
      if (step === "other") events = [...events, ...seal(stream, headOf(events), [event(-1)])];
      if (step === "moved" || headOf(events)?.hash !== expected?.hash) throw new HeadMoved(stream);
      const sealed = seal(stream, expected, given);
      events = [...events, ...sealed];
      if (step === "lost") throw down();
      return sealed;
    },
  };
  return { ledger, calls, numbers: () => events.map(({ body }) => body.number) };
}

function patience(attempts = 10): Retry & { waits: number[] } {
  const waits: number[] = [];
  return { attempts, random: () => 0.5, waits, wait: async (milliseconds) => void waits.push(milliseconds) };
}

describe("appending with retries", () => {
  it("asks again with the chain as it then stands", async () => {
    const { ledger, numbers } = scripted(["other", "other"]);
    const seen: number[] = [];
    const { appended, chain } = await appendWithRetry(
      ledger,
      stream,
      (read) => {
        seen.push(read.events.length);
        return [event(read.events.length)];
      },
      patience(),
    );
    expect(seen).toEqual([0, 1, 2]);
    expect(appended.map(({ sequence }) => sequence)).toEqual([2]);
    expect(chain.events).toHaveLength(2);
    expect(numbers()).toEqual([-1, -1, 2]);
  });

  it("writes nothing where there is nothing to write any more", async () => {
    const { ledger, numbers } = scripted(["other"]);
    const { appended } = await appendWithRetry(
      ledger,
      stream,
      (read) => (read.events.length === 0 ? [event(1)] : []),
      patience(),
    );
    expect(appended).toEqual([]);
    expect(numbers()).toEqual([-1]);
  });

  it("gives up after so many races, and says that nothing was written", async () => {
    const { ledger, numbers } = scripted(Array.from({ length: 99 }, () => "moved" as const));
    const waiting = patience(4);
    const lost = appendWithRetry(ledger, stream, () => [event(1)], waiting);
    await expect(lost).rejects.toMatchObject({ reasonCode: "ledger-unavailable", exitCode: 69 });
    await expect(lost).rejects.toThrow(/written by others 4 times in a row/);
    expect(numbers()).toEqual([]);
    expect(waiting.waits).toHaveLength(3);
    expect([...waiting.waits].sort((left, right) => left - right)).toEqual(waiting.waits);
  });

  it("asks a home that is down three times, and no more", async () => {
    const { ledger, calls } = scripted(Array.from({ length: 99 }, () => "down" as const));
    await expect(appendWithRetry(ledger, stream, () => [event(1)], patience())).rejects.toThrow("503");
    expect(calls.filter((call) => call === "down")).toHaveLength(3);
  });

  it.each(["appendWithRetry", "record"])("writes once where an answer was lost (%s)", async (which) => {
    const { ledger, numbers } = scripted(["lost"]);
    const events = [event(1), event(2)];
    const appended =
      which === "record"
        ? await record(ledger, stream, events, patience())
        : (await appendWithRetry(ledger, stream, () => [event(1), event(2)], patience())).appended;
    expect(numbers()).toEqual([1, 2]);
    expect(appended.map(({ sequence }) => sequence)).toEqual([0, 1]);
  });

  it("records without reading the chain, unless an answer was lost", async () => {
    const quick = scripted(["other", "write"]);
    await record(quick.ledger, stream, [event(1)], patience());
    expect(quick.calls).toEqual(["head", "other", "head", "write"]);
    const slow = scripted(["down", "write"]);
    await record(slow.ledger, stream, [event(1)], patience());
    expect(slow.calls).toEqual(["head", "down", "read", "write"]);
    expect(slow.numbers()).toEqual([1]);
  });

  it("does not try again what will not pass", async () => {
    const { ledger, calls } = scripted([]);
    const refusing = {
      ...ledger,
      append: async () => Promise.reject(new UserError("read-only-token", "no")),
    };
    await expect(record(refusing, stream, [event(1)], patience())).rejects.toMatchObject({
      reasonCode: "read-only-token",
    });
    expect(calls).toEqual(["head"]);
  });
});

describe("taking, renewing and giving back a lease", () => {
  const asking = (holder: string, second: number) => ({
    holder,
    actor: holder,
    now: () => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString(),
    nonce: () => event(0).nonce,
    seconds: 60,
  });

  it("tells who holds it, and passes it on", async () => {
    const { ledger } = scripted(["lost", "write", "moved", "write"]);
    const ann = await takeLease(ledger, stream, asking("ann", 0), patience());
    expect(ann).toMatchObject({ won: true, lease: { holder: "ann", fencing: 1 } });
    const bob = await takeLease(ledger, stream, asking("bob", 30), patience());
    expect(bob).toMatchObject({
      won: false,
      held: { holder: "ann" },
      sentence: expect.stringContaining("ann holds the lease (number 1)"),
    });
    const again = await takeLease(ledger, stream, asking("ann", 30), patience());
    expect(again.won).toBe(false);
    const renewed = await renewLease(ledger, stream, { ...asking("ann", 50), fencing: 1 }, patience());
    expect(renewed).toMatchObject({
      won: true,
      lease: { fencing: 1, expires_at: "2026-03-01T00:01:50.000Z" },
    });
    const late = await takeLease(ledger, stream, asking("bob", 110), patience());
    expect(late).toMatchObject({ won: true, lease: { holder: "bob", fencing: 2 } });
    const stale = await renewLease(ledger, stream, { ...asking("ann", 111), fencing: 1 }, patience());
    expect(stale).toMatchObject({
      won: false,
      sentence: expect.stringContaining("the last holder is bob (number 2)"),
    });
    expect(
      await releaseLease(ledger, stream, { ...asking("ann", 112), fencing: 1 }, patience()),
    ).toMatchObject({ released: false });
    expect(
      await releaseLease(ledger, stream, { ...asking("bob", 112), fencing: 2 }, patience()),
    ).toMatchObject({ released: true });
    const next = await takeLease(ledger, stream, asking("ann", 113), patience());
    expect(next).toMatchObject({ won: true, lease: { fencing: 3 } });
  });
});
