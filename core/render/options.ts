/** What a renderer may be told beside the decision. Whatever is left out is not mentioned. */
export type RenderOptions = {
  /** Facts that are still being measured, for example by a CI run. */
  pendingFacts?: number;
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
