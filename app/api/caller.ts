import type { WorkflowClaims } from "./actions-token.ts";
import type { Installed } from "./options.ts";
import type { Scope } from "./scopes.ts";

/** Who asks, as their token proves it. */
export type Caller = {
  /** One for all tokens of the same standing: limits are counted and answers kept by it. */
  key: string;
  actor: string;
  /** Where facts from this caller are said to come from. */
  source: string;
  /** "owner/name" in lower case, or * for every repository. */
  repository: string;
  scopes: ReadonlySet<Scope>;
  /** Present where it is a job of GitHub Actions. */
  claims?: WorkflowClaims;
};

/**
 * A workflow that a pull request cannot edit: one that the configuration pins, or one of the default branch. For the
 * latter the workflow that called it has to be of the default branch too, because the caller chooses the inputs.
 */
export function isTrusted(caller: Caller, repository: Installed, pins: readonly string[]): boolean {
  if (!caller.claims) return caller.scopes.has("facts:trusted");
  const { job_workflow_ref: job, workflow_ref: outer } = caller.claims;
  if (pins.some((pin) => fits(pin, job))) return true;
  return [job, outer].every((ref) => isOfDefaultBranch(ref, repository));
}

function fits(pin: string, ref: string): boolean {
  return pin.endsWith("*") ? ref.startsWith(pin.slice(0, -1)) : ref === pin;
}

/** Split at the first @: a branch may be called "x@refs/heads/main", and would fool whoever looks at the end. */
function isOfDefaultBranch(ref: string, repository: Installed): boolean {
  const at = ref.indexOf("@");
  const inside = ref.slice(0, at).toLowerCase().startsWith(`${repository.name.toLowerCase()}/.github/`);
  return at > 0 && inside && ref.slice(at + 1) === `refs/heads/${repository.defaultBranch}`;
}
