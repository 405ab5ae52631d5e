import { UserError } from "../../../core/errors.ts";
import { seal } from "../../../core/evidence/chain.ts";
import { HeadMoved } from "../../../core/evidence/head-moved.ts";
import type { Chain, Refusal } from "../../../core/ports.ts";
import type { Around } from "../../../core/rollout/around.ts";
import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { JournalEntry } from "../../../core/rollout/journal.ts";
import type { HandsOff, Mark, Observed, Shape } from "../../../core/rollout/observed.ts";
import { shapeAfter } from "../../../core/rollout/reconcile.ts";
import { noStops } from "../../contracts/target-plan.ts";

/** A ledger, a target that gets there at once, and a clock that is set by hand. */
export function smallWorld(start: Shape = { stable: "v1", candidate: null, share: 0 }) {
  const stream = "production/shop";
  let chain: Chain = { stream, events: [], head: null };
  let nonces = 0;
  const world = {
    seconds: 0,
    away: false,
    shape: start,
    mark: nothing<Mark>(),
    handsOff: nothing<HandsOff>(),
    settled: true,
    refusals: [] as Refusal[],
    asked: [] as TargetEffect[],
    journal: [] as JournalEntry[],
    kinds: (): string[] =>
      chain.events.map(({ kind, body }) =>
        [kind, body.action ?? body.command ?? ""].filter(Boolean).join(" "),
      ),
    bodies: () => chain.events.map(({ body }) => body),
  };
  const guarded = <Answer>(answer: () => Answer): Answer => {
    if (world.away) throw new UserError("ledger-unavailable", "The ledger is away.");
    return answer();
  };
  const now = (): string =>
    new Date(Date.parse("2026-11-21T10:00:00.000Z") + world.seconds * 1000).toISOString();
  const around: Around = {
    stream,
    ledger: {
      streams: async () => guarded(() => [stream]),
      head: async () => guarded(() => chain.head),
      read: async () => guarded(() => chain),
      append: async (_, events, expected) =>
        guarded(() => {
          if (expected?.hash !== chain.head?.hash) throw new HeadMoved(stream);
          const sealed = seal(stream, chain.head, events);
          const last = sealed.at(-1);
          const head = last === undefined ? chain.head : { sequence: last.sequence, hash: last.hash };
          chain = { stream, events: [...chain.events, ...sealed], head };
          return sealed;
        }),
    },
    target: {
      traits: { fenced: false, freezes: false },
      can: async () => world.refusals,
      observe: async (): Promise<Observed> => ({
        ...world.shape,
        settled: world.settled,
        ready: true,
        paused: false,
        mark: world.mark,
        handsOff: world.handsOff,
        faults: [],
      }),
      apply: async (plan, effect, mark) => {
        world.asked.push(effect);
        world.mark = mark;
        world.shape = shapeAfter(plan, effect, world.shape);
      },
      keepOff: async () => undefined,
    },
    evidence: { look: async () => ({ final: false, again: now(), sentence: "It is too early." }) },
    approvals: { look: async () => null },
    people: { tell: async () => undefined },
    rules: noStops,
    holder: "run",
    actor: "run",
    leaseSeconds: 600,
    pollSeconds: 1,
    freshSeconds: 0,
    journal: {
      read: async () => world.journal,
      write: async (entry) => {
        world.journal.push(entry);
      },
    },
    now,
    pause: (_, over) => new Promise((resolve) => over.addEventListener("abort", () => resolve())),
    nonce: () => {
      nonces += 1;
      return `a-nonce-of-sixteen-${nonces}`;
    },
    retry: { attempts: 3, random: () => 0, wait: async () => undefined },
  };
  return { world, around };
}

const nothing = <Thing>(): Thing | null => null;
