import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { RolloutPlan, Version } from "../../../core/rollout/plan.ts";
import { refused, unavailable } from "../faults.ts";
import { type ServerSeen, serversSeen } from "./batches.ts";
import type { Operation, Step } from "./change-set.ts";
import { type BatchesConfig, hostOf, type Server } from "./config.ts";
import type { Hosts } from "./host.ts";
import { serverHealthy, serverIdle, serverTo } from "./operations.ts";
import { on, placed, unpacked } from "./place.ts";
import { serversAt } from "./shape.ts";

/** What an effect asks of the servers of one farm: some at a time leave it, get their version, and come back. */

export function batchSteps(
  config: BatchesConfig,
  plan: RolloutPlan,
  effect: TargetEffect,
  hosts: Hosts,
): Step[] {
  const servers = serversSeen(config, plan, hosts);
  const silent = config.controllers.find((host) => !hosts.has(host));
  if (silent !== undefined)
    throw unavailable(`${silent} does not answer, and may send requests to servers that would be stopped.`);
  switch (effect.kind) {
    case "deploy":
      return config.servers.flatMap((server) => unpacked(config, plan, plan.candidate, hostOf(server)));
    case "share":
      return shared(config, plan, servers, serversAt(config, effect.share), "fail");
    case "promote":
      return shared(config, plan, servers, servers.length, "fail");
    case "restore":
      return shared(config, plan, servers, 0, "go-on");
    case "pause":
    case "resume":
      throw refused("IIS moves nothing by itself, so there is nothing to pause.");
  }
}

function shared(
  config: BatchesConfig,
  plan: RolloutPlan,
  servers: readonly ServerSeen[],
  count: number,
  late: "fail" | "go-on",
): Step[] {
  const { stable, candidate } = plan;
  const wrong = servers.flatMap(({ server, version, runs, active, missing }, index) => {
    if (missing) return [];
    const wanted = index < count ? candidate : stable;
    if (version === (wanted?.id ?? null) && runs === true && active === true) return [];
    if (wanted === null) {
      // Without a stable version in the plan, what a server runs beside the candidate is not ours to change.
      if (version !== candidate.id && late === "fail") return [];
      throw refused("The plan knows no version to go back to.");
    }
    return [{ server, wanted, out: active !== true }];
  });
  // Servers that are out of the farm already come first: never are more of them out than are taken at a time.
  wrong.sort((one, two) => Number(two.out) - Number(one.out));
  const chunks = Array.from({ length: Math.ceil(wrong.length / config["at-once"]) }, (_, index) =>
    wrong.slice(index * config["at-once"], (index + 1) * config["at-once"]),
  );
  // What a machine runs that does not answer is unknown: nobody is sent there.
  const unknown = servers.filter(({ missing }) => missing).map(({ server }) => server.address);
  const { farm } = config;
  return [
    ...chunks.flatMap((chunk) => replaced(config, plan, chunk, late)),
    ...config.controllers.flatMap((host) =>
      on(
        host,
        unknown.map((server) => serverTo(farm, server, "GracefulStop")),
      ),
    ),
  ];
}

type Wrong = { server: Server; wanted: Version };

function replaced(
  config: BatchesConfig,
  plan: RolloutPlan,
  chunk: readonly Wrong[],
  late: "fail" | "go-on",
): Step[] {
  const { farm } = config;
  const seconds = config["drain-seconds"];
  const inFarm = (operations: (server: string) => Operation[]): Step[] =>
    config.controllers.flatMap((host) =>
      on(
        host,
        chunk.flatMap(({ server }) => operations(server.address)),
      ),
    );
  return [
    ...inFarm((server) => [serverTo(farm, server, "GracefulStop")]),
    ...inFarm((server) => [serverIdle(farm, server, seconds, late)]),
    ...chunk.flatMap(({ server, wanted }) => placed(config, plan, wanted, hostOf(server), config)),
    ...inFarm((server) => [
      serverHealthy(farm, server, config["healthy-seconds"]),
      serverTo(farm, server, "Start"),
    ]),
  ];
}
