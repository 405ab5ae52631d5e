import type { Edit, Operation, Reversible, ServerState } from "./change-set.ts";
import type { HostSeen } from "./host.ts";
import { poolIdle, poolTo } from "./operations.ts";

/**
 * The way back to how a machine was seen, whatever of the operations was done: pools run before they get traffic, all
 * edits are one commit, and what has to stop does so behind that. Folders stay; no site knows of them.
 */
export function undoOf(seen: HostSeen, operations: readonly Operation[]): Reversible[] {
  const edits = new Map<string, Edit>();
  const states = new Map<string, Reversible>();
  const pools = new Map<string, "started" | "stopped">();
  for (const one of operations) {
    if (one.operation === "commit")
      for (const edit of one.edits) {
        const before = editBefore(seen, edit);
        if (before !== null) edits.set(keyOf(edit), before);
      }
    if (one.operation === "server-state") {
      const before = stateBefore(seen, one.farm, one.server);
      if (before !== null) states.set(`${one.farm} ${one.server}`, { ...one, state: before });
    }
    if (one.operation === "pool") {
      const state = seen.pools.find(({ name }) => name === one.of)?.state;
      if (state === "started" || state === "stopped") pools.set(one.of, state);
    }
  }
  const pool = (wanted: "started" | "stopped"): string[] =>
    [...pools].filter(([, state]) => state === wanted).map(([name]) => name);
  return [
    ...pool("started").map((name) => poolTo(name, "started")),
    ...(edits.size === 0 ? [] : [{ operation: "commit" as const, edits: [...edits.values()] }]),
    ...[...states.values()].sort(takersFirst),
    ...pool("stopped").flatMap((name) => [poolIdle(name, 60, "fail"), poolTo(name, "stopped")]),
  ];
}

function takersFirst(one: Reversible, two: Reversible): number {
  const rank = (it: Reversible): number => (it.operation === "server-state" && it.state === "Start" ? 0 : 1);
  return rank(one) - rank(two);
}

function keyOf(edit: Edit): string {
  return edit.edit === "weight" ? `${edit.edit} ${edit.farm} ${edit.server}` : `${edit.edit} ${edit.site}`;
}

function editBefore(seen: HostSeen, edit: Edit): Edit | null {
  if (edit.edit === "weight") {
    const weight = serverIn(seen, edit.farm, edit.server)?.weight;
    return weight === undefined ? null : { ...edit, weight };
  }
  const site = seen.sites.find(({ name }) => name === edit.site);
  if (site === undefined) return null;
  return edit.edit === "path" ? { ...edit, path: site.path } : { ...edit, bindings: site.bindings };
}

const leadingTo = { active: "Start", draining: "Drain", inactive: "GracefulStop" } as const;

function stateBefore(seen: HostSeen, farm: string, server: string): ServerState | null {
  const state = serverIn(seen, farm, server)?.state ?? null;
  return state === null ? null : leadingTo[state];
}

function serverIn(seen: HostSeen, farm: string, server: string) {
  return seen.farms.find(({ name }) => name === farm)?.servers.find(({ address }) => address === server);
}
