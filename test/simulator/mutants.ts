/** Bugs planted into the core, one at a time: each is a line that somebody could have written. */
export type Mutant = { name: string; file: string; from: string; to: string };

export const mutants: Mutant[] = [
  {
    name: "a rollback past the ledger is not seen",
    file: "core/rollout/on-target.ts",
    from: "const past = writtenPastLedger(state, observed, fencing);",
    to: "const past = false;",
  },
  {
    name: "a write does not carry the number of its lease",
    file: "core/rollout/reconcile.ts",
    from: "return { rollout: plan.rollout, fencing, number, from,",
    to: "return { rollout: plan.rollout, fencing: fencing + 100, number, from,",
  },
  {
    name: "the target is asked before the intent is written",
    file: "core/rollout/on-target.ts",
    from: "if (mine === null || mine.fencing !== fencing) return write(taken, [intent]);",
    to: "if (mine === null) { await around.target.apply(plan, effect, markFor(plan, effect, fencing, number, observed)); return write(taken, [intent]); }",
  },
  {
    name: "done is written without a look",
    file: "core/rollout/on-target.ts",
    from: "if (satisfied(plan, effect, observed)) {",
    to: "if (mine !== null || satisfied(plan, effect, observed)) {",
  },
  {
    name: "a hands-off mark is not read",
    file: "core/rollout/on-target.ts",
    from: "if (off !== null) return handsOff(taken, off);",
    to: "",
  },
  {
    name: "a stale write is left",
    file: "core/rollout/reconcile.ts",
    from: "return late && (!observed.settled || isBetween(mark, observed));",
    to: "return false;",
  },
  {
    name: "a stale write behind the end is left",
    file: "core/rollout/after-end.ts",
    from: "if (handsOffNow(observed, around.now()) !== null || !stale) return ended;",
    to: "return ended;",
  },
  {
    name: "hold is taken for promote",
    file: "core/rollout/next.ts",
    from: 'if (body.verdict === "promote") return',
    to: 'if (body.verdict === "promote" || body.verdict === "hold") return',
  },
  {
    name: "a retry goes to the share of the step behind",
    file: "core/rollout/commanded.ts",
    from: 'if (doing.kind === "watching") return toStep(state, doing.step, at);',
    to: 'if (doing.kind === "watching") return toStep(state, doing.step + 1, at);',
  },
  {
    name: "an abort restores nothing",
    file: "core/rollout/reconcile.ts",
    from: "return { stable, candidate: null, share: 0 };",
    to: "return { ...before };",
  },
  {
    name: "what is under way is asked for again",
    file: "core/rollout/on-target.ts",
    from: 'if (underWay(state, observed)) return waiting(taken, "moving", words(effect), around.pollSeconds);',
    to: "",
  },
  {
    name: "the lease is not looked at",
    file: "core/rollout/own-lease.ts",
    from: 'if ("refused" in answer) return { refused: answer.refused };',
    to: 'if ("refused" in answer && held !== null) return { held };',
  },
  {
    name: "the lease is not looked at again before a request",
    file: "core/rollout/on-target.ts",
    from: "if (!holds(taken.book.lease, around.holder, fencing, around.now())) return lapsed(taken);",
    to: "",
  },
  {
    name: "the breaker is ignored",
    file: "core/rollout/stops.ts",
    from: "if (service !== null)",
    to: "if (service !== null && service.count > 99)",
  },
  {
    name: "quarantine is ignored",
    file: "core/rollout/stops.ts",
    from: "if (same !== undefined && instant < free)",
    to: "if (same !== undefined && instant < 0)",
  },
  {
    name: "a verdict to roll back is forgotten",
    file: "core/rollout/next.ts",
    from: 'if (body.verdict === "rollback")',
    to: 'if (body.verdict === "rollback" && doing.kind === "baking")',
  },
  {
    name: "two rollouts are opened at once",
    file: "core/rollout/open.ts",
    from: "if (running !== undefined) return alongside(plan, running.plan);",
    to: "",
  },
  {
    name: "the time of an effect runs on while nobody could ask",
    file: "core/rollout/on-target.ts",
    from: "if (waited > plan.settle_seconds / 2 && !isMarkOf(state, observed)) return write(taken, [intent]);",
    to: "",
  },
  {
    name: "what a ledger leaves out is not read as null",
    file: "core/rollout/observed.ts",
    from: "candidate: z.string().nullable().default(null),",
    to: "candidate: z.string().nullable(),",
  },
];
