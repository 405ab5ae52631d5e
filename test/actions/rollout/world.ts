import { createHash } from "node:crypto";
import { getOctokit } from "@actions/github";
import { readInput, type VerbDeclaration } from "../../../actions/io.ts";
import { approvalsOfRun } from "../../../actions/rollout/approvals.ts";
import { believing } from "../../../actions/rollout/believing.ts";
import { rolloutDeclaration } from "../../../actions/rollout/declaration.ts";
import { runInputs } from "../../../actions/rollout/inputs.ts";
import { requiredLedger, verifying } from "../../../actions/rollout/ledger.ts";
import type { RolloutPorts } from "../../../actions/rollout/ports.ts";
import type { RolloutResult } from "../../../actions/rollout/result.ts";
import { runRollout } from "../../../actions/rollout/run.ts";
import { subjectOfEvent } from "../../../adapters/github/event.ts";
import { activePolicy } from "../../../adapters/github/policy-source.ts";
import { UserError } from "../../../core/errors.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import type { Ledger } from "../../../core/ports.ts";
import type { Evidence } from "../../../core/rollout/around.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import type { Files } from "../../emulated/small-repository.ts";
import { virtualTarget } from "../../virtual-target.ts";
import { decideOn, decisionOf, type Shop, startShop } from "../shop.ts";

/** Rollouts as jobs run them: emulated GitHub with its ledger on a branch, a target in memory, a clock of their own. */

const services = (target: string): string => `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    target: ${target}
  - name: nowhere
    paths: ["none/**"]
`;
const haproxy =
  "{ kind: haproxy, socket: /run/haproxy.sock, backend: shop, servers: [{ name: one }, { name: two }] }";
const stepsOf: Record<string, readonly number[]> = { canary: [10, 50, 100], "blue-green": [0] };
const mapping = (kind: string): string => `schema-version: 1
strategies:
  only:
    kind: ${kind}
    steps:
${(stepsOf[kind] ?? []).map((weight) => `      - { weight: ${weight}, window: 2m }`).join("\n")}
bands:
  - { up-to: 100, strategy: only }
`;
const thresholds = (mode: string, more: string): string => `schema-version: 1
defaults:
  mode: ${mode}
  rollout: { bake: 10m, lease: 10m }
  ${more}
`;

export type WorldOptions = {
  kind?: string;
  mode?: string;
  thresholds?: string;
  ledger?: string;
  files?: Files;
};
export type World = Awaited<ReturnType<typeof rolloutWorld>>;
export type Job = {
  name?: string;
  inputs?: Record<string, string>;
  evidence?: Evidence;
  /** What happens while the job sleeps, one in each sleep. */
  meanwhile?: (() => unknown)[];
  stop?: AbortSignal;
  /** As where nobody but the App writes the ledger. */
  trusted?: boolean;
  /** As for canary-step. */
  verdictsOfOthers?: boolean;
  ports?: Partial<RolloutPorts>;
};
export type JobEnded = {
  result?: RolloutResult;
  error?: UserError;
  lines: string[];
  warnings: string[];
  summary: string;
  notices: string[];
};

const begin = Date.parse("2026-03-02T12:00:00.000Z");

export async function rolloutWorld(options: WorldOptions = {}) {
  const shop: Shop = await startShop({
    ".github/adaptive-deploy.yml": `schema-version: 1\nledger: ${options.ledger ?? "{ home: git-branch }"}\n`,
    ".github/adaptive-deploy/services.yaml": services(haproxy),
    ".github/adaptive-deploy/strategy-mapping-policy.yaml": mapping(options.kind ?? "canary"),
    ".github/adaptive-deploy/thresholds-and-windows.yaml": thresholds(
      options.mode ?? "enforced",
      options.thresholds ?? "",
    ),
    ...options.files,
  });
  const client = getOctokit("ledger", { baseUrl: shop.github.url });
  const virtual = virtualTarget("v1");
  let clock = begin;
  let nonces = 0;
  const nonce = () => {
    nonces += 1;
    return createHash("sha256").update(`nonce ${nonces}`).digest("hex");
  };
  const released = await shop.github.events("acme/shop").push({
    branch: "main",
    before: null,
    after: shop.tip("main"),
  });
  const resolved = await activePolicy(client, { owner: "acme", name: "shop" });
  const subject = subjectOfEvent("push", released);

  /** Decides on the tip of main, with the decision in the ledger. */
  const decide = async (candidate: string): Promise<string> => {
    const ended = await decideOn(shop, "push", released, {
      token: "ledger",
      inputs: { candidate, "fail-on": "never" },
      now: new Date(clock),
    });
    const { decision } = decisionOf(ended);
    if (options.ledger === undefined && !decision.recorded) throw new Error("The decision was not recorded.");
    return decision.decision_id;
  };

  const portsOf = (job: Job, ended: JobEnded): RolloutPorts => {
    const plain = requiredLedger(client, subject, resolved);
    const approvals = approvalsOfRun({
      ...{ client, subject, resolved, ledger: plain, now: () => clock },
      waiting: () => ({
        now: () => clock,
        random: () => 0.5,
        sleep: async (milliseconds) => {
          clock += milliseconds;
          await job.meanwhile?.shift()?.();
        },
        stop: job.stop ?? new AbortController().signal,
        say: (line) => ended.lines.push(line),
        progress: (line) => ended.lines.push(line),
        close: () => undefined,
      }),
    });
    const looked = believing(
      plain,
      verifying(client, subject, resolved, approvals.approvedAt, () => clock),
      {
        verdictsOfOthers: job.verdictsOfOthers ?? false,
      },
    );
    const believed = job.trusted ? { ledger: plain } : looked;
    return {
      resolved,
      ...believed,
      openTarget: () => virtual.target,
      readText: async () => "",
      repository: "acme/shop",
      commit: subject.head,
      evidence: () => job.evidence ?? healthy,
      approvals: approvals.approvals,
      waitForStart: approvals.waitForStart,
      people: {
        tell: async (_state, { kind, code }) => {
          ended.notices.push(`${kind} ${code}`);
          return undefined;
        },
      },
      holder: `acme/shop/1/1/${job.name ?? "job"}`,
      actor: "ben",
      now: () => clock,
      nonce,
      retry: { attempts: 5, random: () => 0.5, wait: async () => undefined },
      sleep: async (milliseconds) => {
        clock += milliseconds;
        await job.meanwhile?.shift()?.();
      },
      stop: job.stop ?? new AbortController().signal,
      ...{ pollSeconds: 2, freshSeconds: 60 },
      say: (line) => ended.lines.push(line),
      warn: (line) => ended.warnings.push(line),
      summary: async (markdown) => {
        ended.summary += markdown;
      },
      ...job.ports,
    };
  };

  /** One job, whichever verb it runs. What is no UserError is a bug, and is thrown. */
  const verb = async (
    run: (ports: RolloutPorts) => Promise<RolloutResult>,
    job: Job = {},
  ): Promise<JobEnded> => {
    const ended: JobEnded = { lines: [], warnings: [], summary: "", notices: [] };
    try {
      ended.result = await run(portsOf(job, ended));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      ended.error = error;
    }
    return ended;
  };
  const rollout = (job: Job): Promise<JobEnded> => {
    const input = inputOf(rolloutDeclaration, { service: "shop", ...job.inputs });
    return verb((ports) => runRollout(runInputs(input), ports), job);
  };

  const ledger = (): Ledger => requiredLedger(client, subject, resolved);
  const events = async (stream = "production/shop"): Promise<LedgerEvent[]> =>
    (await ledger().read(stream)).events;
  const states = async (): Promise<RolloutState[]> => [...foldStream(await events()).values()];
  return {
    ...{ shop, virtual, subject, resolved, client, decide, rollout, verb, ledger, events, states, nonce },
    now: () => clock,
    later: (seconds: number) => {
      clock += seconds * 1000;
    },
    close: async () => shop.close(),
  };
}

export function inputOf(declaration: VerbDeclaration, values: Record<string, string>) {
  return (name: string): string => readInput(declaration, name, values[name]);
}

type Word = "promote" | "rollback" | "hold";

/** Says the same of every step that was watched for two minutes; `bad` names the steps that fail. */
export function evidenceOf(words: (step: number) => Word, now: () => number): Evidence {
  return {
    look: async (_state, step, since) => {
      const due = Date.parse(since) + 120_000;
      if (now() < due)
        return { final: false, again: new Date(due).toISOString(), sentence: "window 1 of 1 is measured" };
      const verdict = words(step);
      const metric = { name: "errors", baseline: 0.01, candidate: verdict === "promote" ? 0.01 : 0.05 };
      const reason = verdict === "promote" ? "No sign of harm." : "Errors are five times as many.";
      return { final: true, verdict: { verdict, reason_code: verdict, reason, at_window: 1, metric } };
    },
  };
}

/** Healthy at once. */
export const healthy: Evidence = {
  look: async () => ({
    final: true,
    verdict: { verdict: "promote", reason_code: "healthy", reason: "No sign of harm.", at_window: 1 },
  }),
};
