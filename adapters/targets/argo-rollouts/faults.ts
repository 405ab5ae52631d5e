import { plain } from "../../../core/render/escape.ts";
import { abortedCode, type TargetFault } from "../../../core/rollout/observed.ts";
import type { Pods, RolloutResource } from "./resource.ts";
import { conditionOf, isFullyPromoted } from "./status.ts";

/** Trouble of the candidate that the cluster tells of, without any telemetry. */

/** Reasons that a container waits for which nobody has to wait. */
const hopeless = new Set([
  "ImagePullBackOff",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
/** Once may be a start before what it needs was there. */
const fewestRestarts = 2;

export function podFaults({ items }: Pods): TargetFault[] {
  const found: TargetFault[] = [];
  for (const { metadata, status } of items) {
    const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    for (const { name, restartCount, state } of containers) {
      const { reason = "", message = "" } = state.waiting ?? {};
      const crashes = reason === "CrashLoopBackOff" && restartCount >= fewestRestarts;
      if (!crashes && !hopeless.has(reason)) continue;
      const said = message === "" ? "" : ` (${plain(message, 200)})`;
      const times = crashes ? ` after ${restartCount} restarts` : "";
      found.push({
        code: crashes ? "crash-loop" : "cannot-start",
        sentence: `The container ${plain(name, 63)} of the candidate's pod ${plain(metadata.name, 100)} is in ${reason}${times}${said}.`,
      });
    }
  }
  return found.slice(0, 3);
}

/** What the controller itself says against it. */
export function statusFaults(rollout: RolloutResource, abortedByUs: boolean): TargetFault[] {
  const { status, metadata } = rollout;
  const found: TargetFault[] = [];
  const invalid = conditionOf(rollout, "InvalidSpec");
  if (invalid?.status === "True")
    found.push({
      code: "invalid-spec",
      sentence: `The controller cannot carry out the Rollout ${metadata.name}: ${plain(invalid.message, 300)}`,
    });
  if (isFullyPromoted(rollout)) return found;
  if (status.abort && !abortedByUs) {
    // The status still says what was before for a moment.
    const said = conditionOf(rollout, "Progressing", "RolloutAborted")?.message;
    const why = said === undefined ? "." : `: ${plain(said, 300)}`;
    found.push({
      code: abortedCode,
      sentence: `The Rollout ${metadata.name} was aborted, and not by this rollout${why}`,
    });
  }
  const late = conditionOf(rollout, "Progressing", "ProgressDeadlineExceeded");
  if (late?.status === "False")
    found.push({
      code: "progress-deadline",
      sentence: `The candidate does not come up: ${plain(late.message, 300)}`,
    });
  return found;
}
