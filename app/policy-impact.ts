import type { Gathered } from "../adapters/github/gather.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { configurationPath } from "../adapters/policy/places.ts";
import { UserError } from "../core/errors.ts";
import type { PolicyImpactSection } from "../core/render/options.ts";
import { renderPolicyImpact } from "../core/render/policy-impact.ts";
import { policyFolder, readEditedTexts } from "./edited-policy.ts";
import { judgeApart } from "./judge-apart.ts";
import type { Work } from "./ports.ts";
import { recentFacts } from "./recent-facts.ts";

/** Changes that are replayed. */
const mostReplayed = 200;

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
  const folder = policyFolder(base.configuration.policy);
  const isPolicy = (path: string) => path === configurationPath || path.startsWith(`${folder}/`);
  if (!changed.some((file) => isPolicy(file.path) || isPolicy(file.previous_path ?? ""))) return undefined;
  const landed = base.configuration["policy-bases"]?.includes(subject.baseBranch);
  const about = {
    branch: landed ? subject.baseBranch : base.defaultBranch,
    lands: landed || subject.baseBranch === base.defaultBranch,
  };
  try {
    const texts = await readEditedTexts(work.client, subject, changed);
    const recorded = await recentFacts(work.database, `${subject.owner}/${subject.name}`, mostReplayed);
    const judged = await judgeApart({ texts, recorded, before: base.policy, now: work.now });
    return renderPolicyImpact({ ...about, ...judged });
  } catch (error) {
    return renderPolicyImpact({ ...about, problems: [], warnings: [], unread: sentenceOf(error) });
  }
}

/** GitHub that does not answer leaves a sentence here; the decision was made without it. */
function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}
