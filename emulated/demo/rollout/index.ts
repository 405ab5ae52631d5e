import { randomBytes } from "node:crypto";
import { telemetryFor } from "../../../actions/analyze/telemetry.ts";
import { telemetryEvidence } from "../../../actions/rollout/evidence.ts";
import { retry } from "../../../adapters/ledgers/record-decision.ts";
import { pause } from "../../../adapters/pause.ts";
import { haproxy } from "../../../adapters/targets/haproxy.ts";
import type { Decision } from "../../../core/decision/shape.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";
import type { Ledger } from "../../../core/ports.ts";
import { newsOf, progressLine } from "../../../core/render/rollout/progress.ts";
import type { Around } from "../../../core/rollout/around.ts";
import { drive } from "../../../core/rollout/drive.ts";
import { open } from "../../../core/rollout/open.ts";
import { leaseSecondsOf, planOf, stopRulesOf } from "../../../core/rollout/plan-of.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { fastClock } from "./clock.ts";
import { demoPolicy } from "./policy.ts";
import { startTraffic } from "./traffic.ts";
import type { ServerName } from "./weighted-proxy.ts";

export const demoService = "payments-api";
const environment = "production";
const firstVersion = "1.4.2";

/** One version after the other goes out behind a weighted proxy, under real requests. */
export type DemoRollouts = {
  /** Gives how it ended. */
  rollOut(version: string, failing: number): Promise<RolloutState>;
  close(): Promise<void>;
};

/** Of ten thousand requests: what the service has always had. */
export const usualErrors = 5;

export async function startRollouts(
  folder: string,
  ledger: Ledger,
  decision: Decision,
  say: (line: string) => void,
): Promise<DemoRollouts> {
  const began = Date.now();
  const clock = fastClock(began);
  const traffic = await startTraffic(folder, began, { version: firstVersion, failing: usualErrors });
  const resolved = demoPolicy(traffic);
  const service = resolved.policy.services?.services[0];
  if (service?.target?.kind !== "haproxy") throw new TypeError("The demo's policy has no pool.");
  const target = haproxy(service.target);
  const thresholds = thresholdsFor(resolved.policy.thresholds, { service: demoService, environment });
  const stop = new AbortController();
  const evidence = telemetryEvidence(
    {},
    {
      resolved,
      telemetry: telemetryFor(resolved.configuration, undefined, {}),
      lines: async function* () {},
      addLines: async (path) => path,
      now: clock.now,
      sleep: (milliseconds) => clock.sleep(milliseconds),
      stop: stop.signal,
      probe: async () => [],
      progress: () => undefined,
      write: async (name) => name,
      summary: async () => undefined,
    },
  );
  const around: Around = {
    ledger,
    stream: serviceStream(environment, demoService),
    target,
    evidence,
    approvals: { look: async () => null },
    rules: stopRulesOf(thresholds),
    people: { tell: async (_, { kind, sentence }) => void say(`People are told (${kind}): ${sentence}`) },
    holder: "demo",
    actor: "demo",
    leaseSeconds: leaseSecondsOf(thresholds),
    pollSeconds: 10,
    freshSeconds: 30,
    now: () => new Date(clock.now()).toISOString(),
    pause,
    nonce: () => randomBytes(16).toString("hex"),
    retry,
  };
  let free: ServerName = "green";
  let stable = firstVersion;
  return {
    rollOut: async (id, failing) => {
      await traffic.deploy(free, id, failing);
      const plan = planOf(
        decision,
        {
          ...{ service: demoService, environment, target: "haproxy", freezes: false },
          ...{ candidate: { id }, stable: { id: stable }, decisionId: decision.decision_id },
        },
        thresholds,
      );
      const opened = await open(plan, around);
      if ("refused" in opened) throw new Error(opened.refused.map(({ sentence }) => sentence).join(" "));
      let before = "";
      const turn = await drive(opened.rollout, around, {
        progress: (one) => {
          if (one.code === "moved") return;
          const news = newsOf(one);
          if (news !== before) say(progressLine(one, around.now()));
          before = news;
        },
        sleep: clock.sleep,
        stopped: () => stop.signal.aborted,
        until: ({ code }) => code === "standing",
      });
      if (turn.state.turned === null) {
        free = free === "green" ? "blue" : "green";
        stable = id;
      }
      return turn.state;
    },
    close: async () => {
      stop.abort();
      await traffic.close();
    },
  };
}
