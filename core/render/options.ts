import type { Settling } from "../decision/provisional.ts";
import type { Hold } from "../evidence/holds.ts";

/** A section in Markdown; `refused` where the edited policy could not be read. */
export type PolicyImpactSection = { text: string; refused: boolean };

/** What a renderer may be told beside the decision. Whatever is left out is not mentioned. */
export type RenderOptions = {
  /** Whether the score may still change because policy waits for facts, and which. */
  settling?: Settling;
  /** Who stopped this change and why: then no answer of the policy lets it go. */
  /** `elsewhere`: the pull request on which it was written; of the same commit, or `queued` in this merge group. */
  hold?: Pick<Hold, "actor" | "reason"> & { elsewhere?: number; queued?: true };
  /** True where people asked for one line, whatever the risk. */
  quiet?: boolean;
  /** What an edit of the policy would change, from core/render/policy-impact.ts. */
  policyImpact?: PolicyImpactSection;
  /** The score from which policy asks for an approval. */
  approvalFrom?: number;
  /** Whether the policy scores facts of the author. */
  authorFacts?: boolean;
  baseBranch?: string;
  /** A command that gives the same result on the reader's machine. */
  localCommand?: string;
  /** True where somebody listens to /risk, /hold and /approve-risk. */
  commands?: boolean;
};
