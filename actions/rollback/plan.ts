import { exitCodes, UserError } from "../../core/errors.ts";
import type { Around } from "../../core/rollout/around.ts";
import { digestOf, type NewPlan, noVersion, type Version } from "../../core/rollout/plan.ts";
import { rolloutsNow } from "../rollout/around.ts";
import type { RolloutPorts } from "../rollout/ports.ts";
import { backFrom, type Ground, observedAt } from "../rollout/prepare.ts";
import { graphLines, graphOf } from "./graph.ts";
import type { RollbackInputs } from "./inputs.ts";

/** The way back from a version that nothing is on its way to, and what whoever takes it has to know. */
export async function planOfBack(
  { to, fleet }: Pick<RollbackInputs, "to" | "fleet">,
  ground: Ground,
  around: Around,
  ports: Pick<RolloutPorts, "repository">,
): Promise<{ plan: NewPlan; lines: string[] }> {
  const { stable: runs } = await observedAt(ground);
  const graph = await graphOf(around, await rolloutsNow(around), runs);
  const target = to === undefined ? graph?.to : { id: to };
  const from = fleet ? leftBy(graph?.from, target) : graph?.from;
  if (from === undefined || target === null || target === undefined)
    throw new UserError(
      "no-known-good",
      `The ledger knows no earlier version of ${ground.place.service} in ${ground.place.environment} that was good. Name one in \`to\`, as its target calls it.`,
      exitCodes.blocked,
    );
  const lines = graph === null || from === noVersion ? [] : graphLines({ ...graph, to: target });
  if (fleet) lines.push(`Every device of the fleet gets ${target.id}, whatever it has.`);
  return { plan: backFrom(ground, from, target, { ...ports, fleet }), lines };
}

/** Devices of a fleet may have anything beside the version that most of them have already. */
export function leftBy(from: Version | undefined, to: Version | null | undefined): Version {
  const isOther = from !== undefined && (to == null || digestOf(from) !== digestOf(to));
  return isOther ? from : noVersion;
}
