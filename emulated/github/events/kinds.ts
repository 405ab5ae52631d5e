/** Events whose payloads are held against GitHub's schemas, named as in GitHub's OpenAPI: event, then action. */
export const eventKinds = [
  "check-run-completed",
  "check-run-created",
  "check-run-requested-action",
  "check-run-rerequested",
  "deployment-created",
  "deployment-protection-rule-requested",
  "installation-created",
  "issue-comment-created",
  "issue-comment-deleted",
  "issue-comment-edited",
  "merge-group-checks-requested",
  "pull-request-closed",
  "pull-request-opened",
  "pull-request-ready-for-review",
  "pull-request-reopened",
  "pull-request-review-submitted",
  "pull-request-synchronize",
  "push",
  "workflow-dispatch",
] as const;

export function eventKind(name: string, payload: Record<string, unknown>): string {
  const { action } = payload;
  return [name, ...(typeof action === "string" ? [action] : [])].join("-").replaceAll("_", "-");
}
