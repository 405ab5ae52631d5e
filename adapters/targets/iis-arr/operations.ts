import type { Operation, Reversible, ServerState } from "./change-set.ts";

/** The operations that several effects have in common. */

type Late = "fail" | "go-on";

/** Longer than IIS itself gives a worker process to end. */
const poolSeconds = 120;

export function poolTo(of: string, state: "started" | "stopped"): Reversible {
  return { operation: "pool", of, state, seconds: poolSeconds, late: "fail" };
}

export function poolIdle(of: string, seconds: number, late: Late): Reversible {
  return { operation: "await", is: "pool-idle", of, farm: null, seconds, late };
}

export function serverTo(farm: string, server: string, state: ServerState): Reversible {
  return { operation: "server-state", farm, server, state };
}

export function serverIdle(farm: string, of: string, seconds: number, late: Late): Operation {
  return { operation: "await", is: "server-idle", of, farm, seconds, late };
}

export function serverHealthy(farm: string, of: string, seconds: number): Operation {
  return { operation: "await", is: "server-healthy", of, farm, seconds, late: "fail" };
}

export function answering(of: string, seconds: number): Operation {
  return { operation: "await", is: "answering", of, farm: null, seconds, late: "fail" };
}
