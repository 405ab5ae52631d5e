import type { LedgerEvent } from "../../core/evidence/event.ts";
import { foldLease, holds, type LeaseState } from "../../core/evidence/lease.ts";
import type { Chain } from "../../core/ports.ts";
import { sameEffect, type TargetEffect } from "../../core/rollout/effect.ts";
import { type EventOf, type RolloutEvent, rolloutEvent } from "../../core/rollout/events.ts";
import { foldStream, type Rollouts } from "../../core/rollout/fold-stream.ts";
import type { JournalEntry } from "../../core/rollout/journal.ts";
import { abortedCode, type Mark, type Observed, type Shape } from "../../core/rollout/observed.ts";
import { digestOf, type RolloutPlan } from "../../core/rollout/plan.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { nowOf, type Process } from "./calls.ts";
import { isStopped } from "./environment.ts";
import { stranger } from "./making.ts";
import { same, wanted } from "./target.ts";
import { Broken, brokenBy, type World } from "./world.ts";

/** What truly happened to one rollout, told without the state machine that is on trial. */
export type Told = {
  plan: RolloutPlan;
  intents: Map<number, TargetEffect>;
  /** Steps whose gate was passed, and how often a person went on without one. */
  passed: Set<number>;
  promotes: number;
  commands: EventOf<"command">["body"][];
  notices: EventOf<"notice">["body"][];
  /** A driver said loudly what it could tell nobody. */
  isSaid: boolean;
  outcome: { body: EventOf<"outcome">["body"]; sequence: number; at: number; writtenAt: number } | null;
  overruled: boolean;
  highest: number;
  done: number;
  byHand: boolean;
  /** A person took it back on the target itself, after it had begun. */
  abortedThere: boolean;
  /** The last effect that was seen to hold. */
  reached: TargetEffect | null;
  /** Its last request arrived once more behind its end. */
  doubled: boolean;
};

type Look = { at: number; observed: Observed };
export type Oracle = ReturnType<typeof oracleOf>;

/** Watches everything that crosses a port, and knows what must never be. */
export function oracleOf() {
  const rollouts = new Map<string, Told>();
  const looks = new Map<string, Look>();
  const books = new Map<string, { chain: Chain; at: string }>();
  const journals = new Map<string, JournalEntry[]>();
  /** Who had the lease after the event of that sequence. */
  const leases = new Map<number, LeaseState>();
  const granted = new Map<number, string>();
  const waiting = new Map<string, Process>();
  let lastWrite: { fencing: number; who: string; effect: TargetEffect } | null = null;
  let stale: { mark: Mark; before: Shape; seen: Map<string, number> } | null = null;
  let broken: Broken | null = null;
  let handsOffSince = Number.POSITIVE_INFINITY;
  /** Processes whose last word to people did not arrive, and who have not said so yet. */
  const unheard = new Set<string>();
  /** What follows from so many events, without those of whom nobody believes. */
  const truths: Rollouts[] = [new Map()];
  const facts = { meddled: false, emergencies: false, requests: 0, jumped: false };

  const journaled = (who: string, mark: Mark, kind: JournalEntry["kind"]): boolean =>
    (journals.get(who) ?? []).some(
      (entry) =>
        entry.kind === kind && entry.mark.number === mark.number && entry.mark.rollout === mark.rollout,
    );

  const toldOf = (rollout: string): Told => {
    const told = rollouts.get(rollout);
    if (told === undefined) throw new Broken("known rollout", `Nobody opened ${rollout}.`);
    return told;
  };

  return {
    rollouts,
    facts,
    journals,
    unheard,
    readTo: ({ name }: Process): number => books.get(name)?.chain.head?.sequence ?? -1,
    readBy: ({ name }: Process): readonly LedgerEvent[] => books.get(name)?.chain.events ?? [],
    last: (): Told | undefined => [...rollouts.values()].at(-1),

    read(world: World, process: Process, chain: Chain, at: string): void {
      books.set(process.name, { chain, at });
      world.trace?.(`${process.name}: reads ${chain.events.length} events`);
    },

    appended(world: World, process: Process, events: readonly LedgerEvent[], chain: Chain): void {
      books.set(process.name, { chain, at: books.get(process.name)?.at ?? nowOf(world, process) });
      if (chain.events.length > mostEvents)
        throw new Broken("everything ends", `The ledger holds ${chain.events.length} events, and more come.`);
      const before = leases.get((events[0]?.sequence ?? 0) - 1);
      leases.set(chain.head?.sequence ?? -1, foldLease(events, before));
      for (const event of events) {
        world.trace?.(`${process.name}: writes ${event.kind} ${JSON.stringify(event.body)}`);
        if (event.kind === "lease" && event.body.action === "takeover") takenOver(world, before);
        if (event.kind === "lease" && event.body.action !== "release")
          granted.set(Number(event.body.fencing), process.name);
        const known = rolloutEvent(event);
        if (world.weather.forgeries > 0) truths.push(truthAfter(event));
        if (event.actor === stranger) continue;
        if (known === null) {
          if (event.kind !== "lease") throw new Broken("readable events", `${event.kind} cannot be read.`);
          continue;
        }
        if (known.kind === "rollout") opened(world, process, known.body.plan);
        else if (known.kind !== "quarantine")
          added(world, process, toldOf(known.body.rollout), known, event.sequence);
      }
    },

    looked(world: World, process: Process, observed: Observed, at: number): void {
      looks.set(process.name, { at, observed });
      world.trace?.(`${process.name}: sees ${wordsOf(observed)}`);
      if (stale === null) return;
      const { held } = leaseAt(world.ledger.read());
      // Before anything was reached there is nothing to bring back.
      const { plan, done, reached } = toldOf(stale.mark.rollout);
      if (facts.meddled || done === 0 || same(observed, stale.before)) return;
      // What was reached before is where a rollout that stands may be; from there it goes on.
      if (reached !== null && same(observed, wanted(plan, reached))) return;
      // A newer mark of ours stands, and what it is for is waited for.
      const isCovered = !observed.settled && observed.mark?.number !== stale.mark.number;
      const disturbed =
        isCovered || process.disturbed || held?.holder !== process.name || observed.handsOff !== null;
      const count = disturbed ? 0 : (stale.seen.get(process.name) ?? 0) + 1;
      process.disturbed = false;
      stale.seen.set(process.name, count);
      if (count > mostLooksAtStale)
        throw new Broken(
          "stale writes are undone",
          `${process.name} saw ${JSON.stringify(stale.mark)} and left it.`,
        );
    },

    /** Before a request leaves: what its sender knew. */
    asking(world: World, process: Process, plan: RolloutPlan, effect: TargetEffect, mark: Mark): void {
      facts.requests += 1;
      world.trace?.(
        `${process.name}: asks for ${JSON.stringify(effect)} under ${mark.fencing}/${mark.number}`,
      );
      const look = looks.get(process.name);
      if (look === undefined) throw new Broken("observe first", `${process.name} asks unseen.`);
      if (look.observed.handsOff !== null && isActive(look.observed, nowOf(world, process)))
        throw new Broken("hands-off", `${process.name} saw the mark and asks for ${effect.kind}.`);
      if (handsOffSince < look.at) throw new Broken("hands-off", `${process.name} asks for ${effect.kind}.`);
      notTwice(process, plan, effect, mark, look);
      if (journaled(process.name, mark, "asked")) return;
      const { effect: meant, fencing } = intentOf(mark, plan, books.get(process.name)?.chain);
      if (meant === undefined || !sameEffect(meant, effect) || fencing !== mark.fencing)
        throw new Broken(
          "intent before effect",
          `${process.name} asks for ${effect.kind}, number ${mark.number}.`,
        );
      underLease(world, process, mark);
    },

    /** What the target took. */
    accepted(
      world: World,
      process: Process,
      plan: RolloutPlan,
      effect: TargetEffect,
      mark: Mark,
      before: Shape,
    ): void {
      const told = toldOf(mark.rollout);
      const changed = !same(before, world.target.heading());
      world.trace?.(
        `target: takes ${effect.kind} ${mark.fencing}/${mark.number} of ${process.name}${changed ? "" : ", which changes nothing"}`,
      );
      if (!told.intents.has(mark.number) && !journaled(process.name, mark, "asked"))
        throw new Broken("intent before effect", `Number ${mark.number} is in neither ledger nor journal.`);
      if (world.weather.fenced) oneWriter(process, effect, mark);
      share(plan, effect, told);
      cutOver(plan, effect, told);
      const isLast = [...rollouts.keys()].at(-1) === mark.rollout;
      // The same number under an older lease is the same effect.
      const isSame = isLast && mark.number === told.highest;
      if (isSame && told.outcome !== null) told.doubled = true;
      const overtaken = lastWrite !== null && mark.fencing < lastWrite.fencing;
      const isLate = !isSame && (overtaken || mark.number < told.highest || !isLast);
      if (process.name === "by-hand") told.byHand = true;
      else if (told.byHand && !isLate && !told.overruled && isForth(effect))
        throw new Broken(
          "a rollback by hand stands",
          `${process.name} goes on with ${effect.kind} after it.`,
        );
      told.highest = Math.max(told.highest, mark.number);
      if (!isLate) {
        stale = null;
        const fencing = Math.max(mark.fencing, lastWrite?.fencing ?? 0);
        lastWrite = { fencing, who: process.name, effect };
      } else if (changed && told.byHand && mark.number === Math.max(...told.intents.keys())) {
        // Its mark covered that of a rollback by hand, of which nobody else can know then: the ledger means this.
        told.byHand = false;
        told.highest = mark.number;
        stale = null;
        lastWrite = { fencing: mark.fencing, who: process.name, effect };
      } else if (changed && !(lastWrite !== null && isLast && sameEffect(lastWrite.effect, effect))) {
        // What is wanted anyway needs no undoing.
        world.trace?.("target: that was a stale write");
        told.byHand = false;
        stale = { mark, before, seen: new Map() };
      }
    },

    isPastLedger: (process: Process, mark: Mark): boolean => journaled(process.name, mark, "asked"),
    waits(world: World, process: Process): void {
      const { held } = leaseAt(world.ledger.read());
      // Who stood still before may have come too late to keep anything.
      const seconds = (Date.parse(held?.expires_at ?? "") - Date.parse(nowOf(world, process))) / 1000;
      const isFresh = held?.holder === process.name && seconds > world.weather.leaseSeconds / 3;
      if (isFresh) waiting.set(process.name, process);
      else waiting.delete(process.name);
    },

    /** What a driver says of a turn that waits. */
    turned(world: World, process: Process, { state, code, sentence, unheard: said }: Turn): void {
      if (unheard.delete(process.name) && said === undefined)
        throw new Broken("what nobody hears is said", `${process.name} told nobody, and says ${code}.`);
      if (said !== undefined) toldOf(state.plan.rollout).isSaid = true;
      if (code === "standing" && state.stop === null)
        throw new Broken("nothing waits for people", `${process.name} stands: ${sentence}`);
      if (world.weather.forgeries === 0 || code === "moved" || code === "ledger-unavailable") return;
      const length = books.get(process.name)?.chain.events.length ?? 0;
      // The book may have been read again during the turn, which may have been a long one.
      const past = truths.slice(0, length + 1).reverse();
      if (!past.some((truth) => isSameState(truth.get(state.plan.rollout), state)))
        throw new Broken(
          "who is not believed changes nothing",
          `${process.name} knows ${JSON.stringify(state)}.`,
        );
    },
    gate(world: World, rollout: string, step: number): void {
      world.trace?.(`telemetry: step ${step} passed its gate`);
      toldOf(rollout).passed.add(step);
    },
    handsOff(world: World, on: boolean): void {
      handsOffSince = on ? Math.min(handsOffSince, world.time.now()) : Number.POSITIVE_INFINITY;
    },
    abortedByHand(): void {
      const running = [...rollouts.values()].at(-1);
      if (running !== undefined && running.outcome === null && running.done > 0) running.abortedThere = true;
    },
    meddled(): void {
      facts.meddled = true;
      stale = null;
    },
    staleLeft: (heading: Shape) => (stale === null || same(heading, stale.before) ? null : stale.mark),
    /** The first thing that was broken, wherever it was thrown. */
    fail(error: unknown): void {
      broken ??= brokenBy(error);
    },
    failed: () => broken,
  };

  function opened(world: World, process: Process, plan: RolloutPlan): void {
    const running = [...rollouts.values()].find(({ outcome }) => outcome === null);
    if (running !== undefined) throw new Broken("one at a time", `${running.plan.rollout} has not ended.`);
    const stop = stopFor(world, process, plan);
    if (stop !== null) throw new Broken("stops", `${plan.candidate.id} was opened: ${stop}.`);
    rollouts.set(plan.rollout, {
      plan,
      intents: new Map(),
      passed: new Set(),
      promotes: 0,
      commands: [],
      notices: [],
      isSaid: false,
      outcome: null,
      overruled: false,
      highest: 0,
      done: 0,
      byHand: false,
      abortedThere: false,
      reached: null,
      doubled: false,
    });
  }

  /** Quarantine and breaker, counted from what was written and not from what was folded. */
  function stopFor(world: World, process: Process, plan: RolloutPlan): string | null {
    const now = world.time.now();
    const { rules } = world;
    const back = [...rollouts.values()].flatMap(({ outcome, overruled }) =>
      outcome?.body.outcome === "rolled-back" && !overruled ? [outcome] : [],
    );
    const digest = digestOf(plan.candidate);
    if ([...rollouts.values()].some((one) => one.overruled && digestOf(one.plan.candidate) === digest))
      return null;
    if (facts.jumped) return null;
    const slack = 2 * world.weather.skewSeconds * 1000 + 60_000;
    const young = (seconds: number) => back.filter(({ at }) => at > now - seconds * 1000 + slack);
    if (young(rules.quarantineSeconds).some(({ body }) => body.candidate === digest)) return "quarantined";
    const automatic = young(rules.breaker.withinSeconds).filter(({ body }) => body.automatic);
    if (automatic.length >= rules.breaker.rollbacks) return "breaker";
    return isStopped(world, process) ? "the environment" : null;
  }

  function added(
    world: World,
    process: Process,
    told: Told,
    event: Exclude<RolloutEvent, EventOf<"rollout">>,
    sequence: number,
  ): void {
    switch (event.kind) {
      case "intent":
        told.intents.set(event.body.number, event.body.effect);
        if (granted.get(event.body.fencing) !== process.name && !isJournaled(event.body.number))
          throw new Broken("lease first", `${process.name} means to act under ${event.body.fencing}.`);
        return;
      case "result": {
        const { number, status } = event.body;
        const effect = told.intents.get(number);
        if (status !== "done" || effect === undefined) return;
        const seen = looks.get(process.name)?.observed;
        if (isJournaled(number)) return;
        told.done += 1;
        told.reached = effect;
        if (seen === undefined || !holdsIn(told.plan, effect, seen))
          throw new Broken(
            "done was seen",
            `${process.name} calls ${effect.kind} done and saw ${JSON.stringify(seen)}.`,
          );
        return;
      }
      case "command":
        if (event.body.command === "overrule") told.overruled = true;
        if (told.outcome !== null) return;
        told.commands.push(event.body);
        if (event.body.command === "promote") told.promotes += 1;
        return;
      case "verdict":
        if (event.body.reason_code === abortedCode)
          throw new Broken("an abort is a person's word", `${process.name} counts it against the candidate.`);
        return;
      case "observation":
        if (told.abortedThere && !facts.emergencies && event.body.code === "changed-by-somebody")
          throw new Broken("an abort is a person's word", `${process.name} takes it for a change.`);
        return;
      case "notice":
        told.notices.push(event.body);
        return;
      case "outcome":
        if (told.outcome !== null) throw new Broken("one outcome", `${told.plan.rollout} ends twice.`);
        told.outcome = {
          ...{ body: event.body, sequence, at: world.time.now() },
          writtenAt: Date.parse(event.at),
        };
        return;
      default:
    }
  }

  function truthAfter(event: LedgerEvent): Rollouts {
    const before = truths.at(-1) ?? new Map();
    return event.actor === stranger ? before : foldStream([event], undefined, before);
  }

  function leaseAt(chain: Chain | undefined): LeaseState {
    return leases.get(chain?.head?.sequence ?? -1) ?? foldLease(chain?.events ?? []);
  }

  function takenOver(world: World, before: LeaseState | undefined): void {
    const process = waiting.get(before?.held?.holder ?? "");
    if (process?.waits !== "calm" || !process.alive || world.weather.skewSeconds > 0 || facts.jumped) return;
    throw new Broken("the lease is kept", `${process.name} loses it while the target keeps it waiting.`);
  }

  function isJournaled(number: number): boolean {
    return [...journals.values()].some((entries) => entries.some(({ mark }) => mark.number === number));
  }

  function oneWriter(process: Process, effect: TargetEffect, mark: Mark): void {
    if (lastWrite === null) return;
    const { fencing, who } = lastWrite;
    if (mark.fencing < fencing)
      throw new Broken("one writer", `${process.name} wrote under ${mark.fencing} after ${fencing}.`);
    const both = mark.fencing === fencing && who !== process.name;
    // A rollback past the ledger may take the number that the ledger gives to somebody: both go back then.
    if (both && !(effect.kind === "restore" && lastWrite.effect.kind === "restore"))
      if (!facts.emergencies)
        throw new Broken("one writer", `${who} and ${process.name} both wrote under ${fencing}.`);
  }

  function underLease(world: World, process: Process, mark: Mark): void {
    const book = books.get(process.name);
    const lease = leaseAt(book?.chain);
    if (!holds(lease, process.name, mark.fencing, nowOf(world, process)))
      throw new Broken("lease first", `${process.name} asks under ${mark.fencing} without holding it.`);
    if (granted.get(mark.fencing) !== process.name)
      throw new Broken("lease first", `Number ${mark.fencing} was never given to ${process.name}.`);
  }
}

/** Of a few rollouts in a day; more come from a driver that runs in circles. */
const mostEvents = 800;

/** Lease and intent are written after it was seen, each upon a look of its own. */
const mostLooksAtStale = 4;

function wordsOf(observed: Observed): string {
  const { stable, candidate, share, settled, ready, paused, mark, handsOff } = observed;
  const words = [
    `${stable} ${candidate ?? "-"} ${share} %`,
    mark && `mark ${mark.fencing}/${mark.number} of ${mark.rollout}`,
  ];
  const flags = [
    !settled && "moving",
    ready === false && "not ready",
    paused && "paused",
    handsOff && "hands off",
  ];
  return [...words, ...flags].filter((word) => word).join(", ");
}

function isActive({ handsOff }: Observed, now: string): boolean {
  return handsOff !== null && (handsOff.until === null || handsOff.until > now);
}

function isSameState(truth: RolloutState | undefined, state: RolloutState): boolean {
  const facts = (one: RolloutState) => [one.doing, one.stop, one.turned, one.approved, one.verdict, one.open];
  return truth !== undefined && JSON.stringify(facts(truth)) === JSON.stringify(facts(state));
}

const isForth = ({ kind }: TargetEffect): boolean =>
  kind === "deploy" || kind === "share" || kind === "promote";

function holdsIn(plan: RolloutPlan, effect: TargetEffect, seen: Observed): boolean {
  if (effect.kind === "pause" || effect.kind === "resume") return seen.paused === (effect.kind === "pause");
  return seen.settled && same(seen, wanted(plan, effect));
}

function notTwice(process: Process, plan: RolloutPlan, effect: TargetEffect, mark: Mark, look: Look): void {
  const { observed } = look;
  const again = observed.mark?.rollout === mark.rollout && observed.mark.number === mark.number;
  const aborted = observed.faults.some(({ code }) => code === abortedCode);
  if (holdsIn(plan, effect, observed) && observed.ready !== false && !aborted)
    throw new Broken("no effect twice", `${process.name} asks for ${effect.kind}, which it saw to hold.`);
  if (again && !observed.settled)
    throw new Broken("no effect twice", `${process.name} asks for ${effect.kind}, which it saw under way.`);
}

function intentOf(mark: Mark, plan: RolloutPlan, chain: Chain | undefined) {
  const found = (chain?.events ?? []).flatMap((event) => {
    const known = event.kind === "intent" ? rolloutEvent(event) : null;
    return known?.kind === "intent" ? [known.body] : [];
  });
  const last = found
    .filter(({ rollout, number }) => rollout === plan.rollout && number === mark.number)
    .at(-1);
  return { effect: last?.effect, fencing: last?.fencing };
}

function cutOver({ approval, steps }: RolloutPlan, effect: TargetEffect, { commands }: Told): void {
  if (approval === "none" || effect.kind !== "share" || effect.share !== steps.at(-1)?.share) return;
  if (!commands.some(({ command }) => command === "approve"))
    throw new Broken("nobody cuts over without a yes", "It gets everything, and no person said yes.");
}

/** As many steps as gates were passed in a row, and one more; a person may have gone on without some. */
function share(plan: RolloutPlan, effect: TargetEffect, { passed, promotes }: Told): void {
  let reach = 0;
  for (let left = promotes; passed.has(reach) || left > 0; reach += 1) if (!passed.has(reach)) left -= 1;
  if (effect.kind === "promote" && reach < plan.steps.length)
    throw new Broken(
      "no more than its share",
      `It is promoted with ${reach} of ${plan.steps.length} gates passed.`,
    );
  const most = plan.steps[Math.min(reach, plan.steps.length - 1)]?.share ?? 0;
  if (effect.kind === "share" && effect.share > most)
    throw new Broken(
      "no more than its share",
      `It gets ${effect.share} % with ${reach} gates passed: ${most} % is allowed.`,
    );
}
