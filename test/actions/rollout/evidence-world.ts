import type { AnalyzePorts } from "../../../actions/analyze/run.ts";
import { telemetryFor } from "../../../actions/analyze/telemetry.ts";
import { telemetryEvidence } from "../../../actions/rollout/evidence.ts";
import type { EvidenceInputs } from "../../../actions/rollout/evidence-inputs.ts";
import { folderBundle } from "../../../adapters/policy/folder.ts";
import type { Ledger, Target } from "../../../core/ports.ts";
import type { Around } from "../../../core/rollout/around.ts";
import { type Driving, drive } from "../../../core/rollout/drive.ts";
import { rolloutEvent } from "../../../core/rollout/events.ts";
import type { Mark, Shape } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { shapeAfter } from "../../../core/rollout/reconcile.ts";
import type { Turn } from "../../../core/rollout/taking.ts";
import { startPrometheus } from "../../app/analysis/prometheus.ts";
import { noStops, planFor } from "../../contracts/target-plan.ts";
import { trueLedger } from "../../simulator/ledger.ts";

/** Whole rollouts over a target in memory and the traffic that follows from its shares, under a clock of their own. */

export type World = {
  /** Shares of events that are bad, by version and by how long ago the candidate got its share, in seconds. */
  bad?(version: string, sinceShare: number): number;
  /** Requests of the whole service in a second. */
  perSecond?: number;
  /** Whether another week has traffic of the stable version. */
  weekBefore?: boolean;
  telemetry?: "none" | "nothing-to-measure" | "down";
  /** Keys of `analysis:` beside the usual ones. */
  analysis?: string;
  plan?: Partial<RolloutPlan>;
  inputs?: EvidenceInputs;
};

const start = 1_700_000_043;
const stream = "production/shop";

const thresholds = (more: string): string => `schema-version: 1
defaults:
  mode: advisory
  analysis: { window: 60s, healthy-windows: 3, longest: 8m${more} }
`;
const services = (measured: boolean): string => `schema-version: 1
services:
  - name: shop
    paths: ["**"]
${
  measured
    ? `    telemetry:
      arms: { both: { version: $version } }
      metrics:
        errors: { kind: ratio, critical: true, total: 'sum(total{$arm})', bad: 'sum(bad{code="500",$arm})' }
`
    : ""
}`;

export const canary: Partial<RolloutPlan> = {
  steps: [10, 50, 100].map((share) => ({
    share,
    by: "weight" as const,
    window_seconds: 60,
    healthy_windows: 2,
  })),
  bake_seconds: 300,
};

export async function worldOf(world: World = {}) {
  const { perSecond = 800, bad = () => 0.01, telemetry } = world;
  const plan = planFor("v1", "v2", { ...canary, ...world.plan });
  let now = start;
  const shares: { at: number; share: number }[] = [{ at: 0, share: 0 }];
  const shareAt = (at: number) => shares.findLast((one) => one.at <= at) ?? { at: 0, share: 0 };

  const store = await startPrometheus((version, end) => {
    const before = end < start - 86_400;
    if (before && (!world.weekBefore || version === "v2")) return undefined;
    const { share, at } = before ? { share: 0, at: 0 } : shareAt(end - 30);
    const part = { v2: share, v1: 100 - share, "": 100 }[version] ?? 0;
    if (part === 0) return undefined;
    const total = Math.round(perSecond * 60 * (part / 100));
    return { total, bad: Math.round(total * bad(version, at === 0 ? 0 : end - at)) };
  });
  if (telemetry === "down") store.state.status = 503;

  const target = targetInMemory((share) => shares.push({ at: now, share }));
  const truth = trueLedger(stream, false);
  const ledger: Ledger = {
    streams: async () => [stream],
    head: async () => truth.read().head,
    read: async () => truth.read(),
    append: async (_, events, expected) => truth.append(events, expected),
  };
  const policy = folderBundle(
    new Map([
      ["thresholds-and-windows.yaml", thresholds(world.analysis ?? "")],
      ["services.yaml", services(telemetry !== "nothing-to-measure")],
    ]),
    { name: "test", commit: "local" },
  );
  const documents = new Map<string, string>();
  let nonces = 0;

  const portsOf = (): AnalyzePorts => ({
    resolved: { policy, configuration: { "schema-version": 1 } },
    telemetry: telemetryFor(
      {
        "schema-version": 1,
        ...(telemetry === "none" ? {} : { telemetry: { kind: "prometheus", url: store.url, retries: 0 } }),
      },
      undefined,
      {},
    ),
    lines: () => {
      throw new Error("No history was named.");
    },
    addLines: async (path) => path,
    now: () => now * 1000,
    sleep: async () => undefined,
    stop: new AbortController().signal,
    probe: async () => [],
    progress: () => undefined,
    write: async (name, text) => {
      documents.set(name, text);
      return `/out/${name}`;
    },
    summary: async () => undefined,
  });

  /** A run of its own, which knows nothing of those before it. */
  const run = async (holder: string, until: (turn: Turn) => boolean = () => false, seconds = 7200) => {
    const end = now + seconds;
    const iso = (): string => new Date(now * 1000).toISOString();
    const evidence = telemetryEvidence(world.inputs ?? {}, portsOf());
    const around: Around = {
      ...{ ledger, stream, target, evidence, holder, actor: holder },
      approvals: { look: async () => null },
      people: { tell: async () => undefined },
      rules: noStops,
      ...{ leaseSeconds: 600, pollSeconds: 2, freshSeconds: 5, now: iso },
      pause: (_, over) => new Promise((resolve) => over.addEventListener("abort", () => resolve())),
      nonce: () => `${holder} ${nonces++}`,
      retry: { attempts: 3, random: () => 0.5, wait: async () => undefined },
    };
    const said: string[] = [];
    const driving: Driving = {
      progress: ({ code, sentence }) => said.push(`${code}: ${sentence}`),
      sleep: async (milliseconds) => {
        now += milliseconds / 1000;
      },
      stopped: () => now > end,
      until: (turn) => turn.code === "standing" || until(turn),
    };
    if (truth.read().events.length === 0)
      truth.append(
        [{ kind: "rollout", at: iso(), actor: holder, nonce: "n", body: { rollout: plan.rollout, plan } }],
        null,
      );
    return { turn: await drive(plan.rollout, around, driving), said };
  };

  const verdicts = () =>
    truth
      .read()
      .events.flatMap((event) => rolloutEvent(event) ?? [])
      .flatMap((event) => (event.kind === "verdict" ? [event.body] : []));
  return {
    plan,
    run,
    ports: portsOf(),
    verdicts,
    documents,
    asked: store.state.asked,
    shares: () => shares.map(({ share }) => share),
    seconds: () => now - start,
    /** Somebody says something in the ledger. */
    command: (command: "retry" | "promote" | "overrule") => {
      const at = new Date(now * 1000).toISOString();
      const body = { rollout: plan.rollout, command, reason: "so", by: "maria" };
      truth.append([{ kind: "command", at, actor: "maria", nonce: `c${nonces++}`, body }], truth.read().head);
    },
    later: (seconds: number) => {
      now += seconds;
    },
    store: store.state,
    close: store.close,
  };
}

function targetInMemory(moved: (share: number) => void): Target {
  let shape: Shape = { stable: "v1", candidate: null, share: 0 };
  let mark: Mark | null = null;
  return {
    traits: { fenced: false, freezes: false },
    can: async () => [],
    observe: async () => ({
      ...{ ...shape, settled: true, ready: true, paused: false, mark, handsOff: null },
      faults: [],
    }),
    apply: async (plan, effect, given) => {
      mark = given;
      shape = shapeAfter(plan, effect, shape);
      moved(shape.stable === plan.candidate.id ? 100 : (shape.share ?? 0));
    },
    keepOff: async () => undefined,
  };
}
