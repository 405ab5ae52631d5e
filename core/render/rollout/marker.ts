import type { Notice } from "../../rollout/effect.ts";

/** Hidden first lines, by which what was told of a rollout is found again. */

const form = /^<!-- adaptive-deploy:(?:incident|page):(ro_[0-9a-f]{12}):[\w-]* -->/;

/** The same for the same notice of the same rollout, and for no other. */
export function noticeMarker(rollout: string, { kind, code }: Pick<Notice, "kind" | "code">): string {
  return `<!-- adaptive-deploy:${kind}:${rollout}:${word(code)} -->`;
}

export function endMarker(rollout: string, how: string): string {
  return `<!-- adaptive-deploy:incident-end:${rollout}:${word(how)} -->`;
}

/** Name of the rollout that a message begins by naming; undefined where it is none of ours. */
export function rolloutNamedIn(body: string): string | undefined {
  return form.exec(body)?.[1];
}

/** A code may come from a target or a policy; nothing of it ends the hidden line. */
function word(code: string): string {
  return code.replaceAll(/[^\w-]+/g, "-").slice(0, 100);
}
