import { strategyKinds } from "../schema.ts";
import type { Action, Phase } from "./tree.ts";

type ActionSpec = { phase: Phase | "both"; written: string; meaning: string };

/** Every action of the language; lists in docs and errors are taken from here. */
export const actions: Record<Action["kind"], ActionSpec> = {
  block: { phase: "decision", written: "block", meaning: "The change may not go." },
  require_approval: {
    phase: "decision",
    written: "require_approval",
    meaning: "The change may go once a person with permission has approved it.",
  },
  allow: {
    phase: "decision",
    written: "allow",
    meaning: "The change needs no approval for its score alone; a block by anything else stands.",
  },
  force: {
    phase: "decision",
    written: `force ${strategyKinds.join(" \\| ")}`,
    meaning:
      "This strategy is taken, whatever the band says. `force strategy canary` is the same as `force canary`.",
  },
  slow: { phase: "rollout", written: "slow", meaning: "The step is kept for longer before the next one." },
  hold: {
    phase: "rollout",
    written: "hold",
    meaning: "The rollout stays where it is and a person is asked.",
  },
  rollback: { phase: "rollout", written: "rollback", meaning: "The rollout is taken back." },
  notify: { phase: "both", written: 'notify "text"', meaning: "The text is sent; nothing else changes." },
};

const byName = new Map(Object.entries(actions));
export const actionNames = [...byName.keys()];

export function isActionName(name: string): name is Action["kind"] {
  return byName.has(name);
}

export function actionNamesIn(phase: Phase): string[] {
  return [...byName]
    .filter(([, spec]) => spec.phase === phase || spec.phase === "both")
    .map(([name]) => name);
}

/** The table of docs/guardrails.md. */
export function guardrailActionsTable(): string {
  const rows = [...byName.values()].map(
    (spec) => `| \`${spec.written}\` | ${spec.phase === "both" ? "either" : spec.phase} | ${spec.meaning} |`,
  );
  return ["| Action | When | Meaning |", "| :-- | :-- | :-- |", ...rows].join("\n");
}
