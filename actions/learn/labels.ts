import type { GitRepository } from "../../adapters/git/repository.ts";
import { type WalkProgress, walkHistory } from "../../adapters/git/walk.ts";
import { chainsOf } from "../../adapters/ledgers/chains.ts";
import { shippedBundle } from "../../adapters/policy/shipped.ts";
import { parseStream } from "../../core/evidence/stream.ts";
import type { Deployment } from "../../core/learning/deployments.ts";
import { type Labelled, labelled } from "../../core/learning/labelled.ts";
import type { OutcomeRules } from "../../core/learning/outcomes.ts";
import type { Walk } from "../../core/learning/walk/walked.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";

export type LabelInputs = { base: string; environment: string; rules: OutcomeRules };

export type LabelPorts = {
  repository: GitRepository;
  policy: PolicyBundle;
  /** Folder that the walk is kept in, so that one that was broken off goes on. */
  checkpoint?: string | undefined;
  /** Null where rollouts are written down nowhere. */
  ledger: Ledger | null;
  /** Absent: GitHub is not asked how deployments went. */
  deployments?: ((environment: string, since: number) => Promise<Deployment[]>) | undefined;
  now: Date;
  progress(progress: WalkProgress): void;
  note(sentence: string): void;
};

/** Every merged change with its facts as they were then, and with how it went. */
export async function readLabels(inputs: LabelInputs, ports: LabelPorts): Promise<Labelled & { walk: Walk }> {
  const { policy, repository } = ports;
  const walk = await walkHistory({
    ...{ repository, head: inputs.base, checkpoint: ports.checkpoint },
    rules: {
      weights: policy.weights,
      heuristic: shippedBundle("default").weights,
      ...(policy.services ? { services: policy.services } : {}),
    },
    onProgress: ports.progress,
    onNote: ports.note,
  });
  if (walk.shallow)
    ports.note(
      "The clone is shallow: what came before it is not learnt from. Fetch it whole (fetch-depth: 0).",
    );
  const since = walk.changes[0]?.at ?? 0;
  const deployments = (await ports.deployments?.(inputs.environment, since)) ?? [];
  const isWanted = (stream: string): boolean => {
    const place = parseStream(stream);
    return place?.kind === "service" && place.environment === inputs.environment;
  };
  const chains = ports.ledger === null ? [] : await chainsOf(ports.ledger, isWanted);
  const now = Math.floor(ports.now.getTime() / 1000);
  return { walk, ...labelled(walk, { chains, deployments }, now, inputs.rules) };
}
