import { setImmediate } from "node:timers/promises";
import type { Gathered } from "../adapters/github/gather.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { configurationPath, defaultBundleFolder } from "../adapters/policy/places.ts";
import { shippedBundleNames } from "../adapters/policy/shipped.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { type Impact, policyImpact } from "../core/decision/impact.ts";
import { UserError } from "../core/errors.ts";
import { digest } from "../core/evidence/canonical.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import type { PolicyImpactSection } from "../core/render/options.ts";
import { renderPolicyImpact } from "../core/render/policy-impact.ts";
import { readEditedPolicy } from "./edited-policy.ts";
import type { Work } from "./ports.ts";
import { recentFacts } from "./recent-facts.ts";

/** Changes that are replayed, and how long that may take before the rest is left out. */
const mostReplayed = 200;
const longestReplayMs = 1500;

type Base = Pick<Gathered, "policy" | "configuration" | "measured" | "defaultBranch">;

/**
 * For a pull request that edits the policy: what its edit says and would change, as a section of comment and check.
 * The head's policy is read as data. Nothing here decides, and nothing here fails a decision.
 */
export async function policyImpactSection(
  subject: Subject,
  base: Base,
  work: Pick<Work, "client" | "database" | "now">,
): Promise<PolicyImpactSection | undefined> {
  const changed = base.measured.diff?.changed_files ?? [];
  const folder = folderOf(base.configuration.policy);
  const isPolicy = (path: string) => path === configurationPath || path.startsWith(`${folder}/`);
  if (!changed.some((file) => isPolicy(file.path) || isPolicy(file.previous_path ?? ""))) return undefined;
  const landed = base.configuration["policy-bases"]?.includes(subject.baseBranch);
  const about = {
    branch: landed ? subject.baseBranch : base.defaultBranch,
    lands: landed || subject.baseBranch === base.defaultBranch,
  };
  const edited = await readEditedPolicy(work.client, subject, changed, work.now).catch(sentenceOf);
  if (typeof edited === "string")
    return renderPolicyImpact({ ...about, problems: [], warnings: [], unread: edited });
  const { bundle, ...found } = edited;
  if (!bundle) return renderPolicyImpact({ ...about, ...found });
  const recorded = await recentFacts(work.database, `${subject.owner}/${subject.name}`, mostReplayed);
  const replay = await replayed(recorded, base.policy, bundle);
  return renderPolicyImpact({ ...about, ...found, ...replay, partly: isReplayedPartly(base.policy, bundle) });
}

/** GitHub that does not answer leaves a sentence here; the decision was made without it. */
function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}

/** The folder that a configuration speaks of; a shipped bundle's name leaves the one where a folder is expected. */
function folderOf(wanted: string | undefined): string {
  if (wanted === undefined || shippedBundleNames.includes(wanted)) return defaultBundleFolder;
  return wanted.replace(/^\.\//, "").replace(/\/+$/, "");
}

type Replay = { impact: Impact; left: number };

/** One change at a time, so that a slow policy holds up neither other pull requests nor this one for long. */
async function replayed(recorded: ChangeFacts[], before: PolicyBundle, after: PolicyBundle): Promise<Replay> {
  const impact: Impact = { changes: 0, before: {}, after: {}, moved: [] };
  const end = performance.now() + longestReplayMs;
  for (const [index, facts] of recorded.entries()) {
    if (performance.now() > end) return { impact, left: recorded.length - index };
    const one = policyImpact([facts], before, after);
    impact.changes += one.changes;
    impact.moved.push(...one.moved);
    for (const side of ["before", "after"] as const)
      for (const [bucket, count] of Object.entries(one[side]))
        impact[side][bucket] = (impact[side][bucket] ?? 0) + count;
    await setImmediate();
  }
  return { impact, left: 0 };
}

/** Recorded facts are derived: what the calendar, the services and the paths made of them stands. */
function isReplayedPartly(before: PolicyBundle, after: PolicyBundle): boolean {
  const derived = ({ calendar, services, weights }: PolicyBundle) => {
    const { kinds, counted, "not-counted": notCounted } = weights;
    return digest([calendar, services, kinds, counted, notCounted].map((part) => part ?? null));
  };
  return derived(before) !== derived(after);
}
