/** The task of deployments that only show a rollout: nothing is learnt from them, and no gate asks about them. */
const prefix = "adaptive-deploy:";

export function mirrorTask(service: string): string {
  return `${prefix}${service}`;
}

export function isMirrored(task: string | undefined): boolean {
  return task?.startsWith(prefix) === true;
}
