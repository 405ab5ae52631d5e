import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Urgency } from "../adapters/github/turns.ts";
import type { Command } from "../core/commands/parse.ts";
import type { Decision } from "../core/decision/shape.ts";
import type { Outcome } from "./inbox/lanes.ts";
import type { Receipt } from "./inbox/receive.ts";
import { type RateLimit, rateLimits } from "./rate-limits.ts";
import type { Swept } from "./sweep.ts";

/** What is counted of one App. Labels are from lists of ours: no repository, person or installation is among them. */
export type Metrics = {
  registry: Registry;
  received(receipt: Receipt): void;
  handled(event: string, outcome: Outcome, seconds: number): void;
  decided(decision: Decision): void;
  answered(command: Command["kind"], done: boolean): void;
  askedGitHub(asked: { method: string; status: string; seconds: number; limit?: RateLimit }): void;
  waited(urgency: Urgency, seconds: number): void;
  limited(): void;
  swept(swept: Swept): void;
};

const prefix = "adaptive_deploy_";
const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

export function appMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Histogram({ name: `${prefix}${name}`, help, labelNames, buckets: seconds, registers });

  const received = counter("deliveries_received_total", "Webhooks by what became of them at the door.", [
    "result",
    "reason",
  ]);
  const handled = histogram(
    "delivery_duration_seconds",
    "Time that an attempt to handle a delivery or a timer took, by event and outcome.",
    ["event", "outcome"],
  );
  const decisions = counter("decisions_total", "Decisions made, a repeated one counted again.", [
    "kind",
    "mode",
    "strategy",
  ]);
  const commands = counter("commands_total", "Commands typed in comments, by kind and outcome.", [
    "kind",
    "outcome",
  ]);
  const github = histogram(
    "github_request_duration_seconds",
    "Time until GitHub answered, by method and class of status; none where no answer came.",
    ["method", "status"],
  );
  const waits = histogram(
    "github_turn_wait_seconds",
    "Time that a write to GitHub waited for its turn within the limits, by urgency.",
    ["urgency"],
  );
  const limited = counter("github_limits_total", "Answers of GitHub that said that a limit is reached.");
  const asked = counter("redeliveries_asked_total", "Lost deliveries that GitHub was asked to send again.");
  const givenUp = counter("redeliveries_given_up_total", "Lost deliveries that did not come when asked for.");
  const limits = rateLimits(Date.now);
  new Gauge({
    name: `${prefix}github_rate_limit_remaining`,
    help: "Fewest requests that any installation has left in GitHub's window, by resource.",
    labelNames: ["resource"],
    registers,
    collect() {
      this.reset();
      for (const [resource, remaining] of limits.fewest()) this.set({ resource }, remaining);
    },
  });
  // A counter that begins with its first event shows no rate for it.
  for (const result of ["stored", "ignored"]) received.inc({ result }, 0);

  return {
    registry,
    received: (receipt) =>
      receipt === "stored" || receipt === "ignored"
        ? received.inc({ result: receipt })
        : received.inc({ result: receipt === "unavailable" ? "failed" : "refused", reason: receipt }),
    handled: (event, outcome, took) => handled.observe({ event, outcome }, took),
    decided: ({ subject, mode, strategy }) => decisions.inc({ kind: subject.kind, mode, strategy }),
    answered: (kind, done) => commands.inc({ kind, outcome: done ? "done" : "refused" }),
    askedGitHub({ method, status, seconds: took, limit }) {
      github.observe({ method: methods.includes(method) ? method : "other", status }, took);
      if (limit) limits.note(limit);
    },
    waited: (urgency, took) => waits.observe({ urgency }, took),
    limited: () => limited.inc(),
    swept(swept) {
      asked.inc(swept.asked.length);
      givenUp.inc(swept.givenUp.length);
    },
  };
}
