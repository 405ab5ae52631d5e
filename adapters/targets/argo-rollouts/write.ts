import type { Mark } from "../../../core/rollout/observed.ts";
import type { Kubernetes, PatchOperation } from "../../kubernetes/client.ts";
import { overtaken, refused, unavailable } from "../faults.ts";
import type { Changes } from "./changes.ts";
import { annotationPath, handsOffKey, type LeftBehind, markKey } from "./left-behind.ts";
import { look, type Place, pathOf, type Scene } from "./scene.ts";

/** Writes that a later holder of the lease has overtaken are refused by the cluster itself, not by a look before. */

const mostTries = 5;

/**
 * The mark goes with the change of the resource in one write; a change of the status follows in a second one. Both
 * depend on the mark that stands there, so that nothing is written once another has written.
 */
export async function writeFenced(
  client: Kubernetes,
  place: Place,
  mark: Mark,
  changes: (scene: Scene) => Changes,
): Promise<Scene> {
  const text = JSON.stringify(mark);
  const path = pathOf(place);
  let before: Scene | null = null;
  let said = "";
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const scene = await look(client, place);
    const { left } = scene;
    guard(left, mark);
    if (before !== null && before.left.handsOffText !== left.handsOffText)
      throw unavailable("Somebody asked automation to stay away, or to come back, just now.");
    // Where nothing of it has changed, the change itself is what the cluster does not take.
    if (attempt > 1 && before !== null && isSame(before, scene)) break;
    before = scene;
    const { spec, status } = changes(scene);
    if (left.markText !== text || spec.length > 0) {
      const operations = [...standing(scene, left.markText), ...marked(scene, text), ...spec];
      const answer = await client.patch(path, operations, `change the Rollout ${place.name}`);
      if (answer !== "written") {
        said = answer.stale;
        continue;
      }
    }
    if (status.length === 0) return scene;
    const operations = [...standing(scene, text), ...status];
    const what = `change the status of the Rollout ${place.name}`;
    const answer = await client.patch(`${path}/status`, operations, what);
    if (answer === "written") return scene;
    said = answer.stale;
  }
  throw refused(said);
}

function isSame(before: Scene, { rollout, left }: Scene): boolean {
  return (
    before.left.markText === left.markText &&
    before.rollout.metadata.generation === rollout.metadata.generation
  );
}

/** Of one lease the later effect wins, of two the later lease. */
function guard({ mark: known }: LeftBehind, { rollout, fencing, number }: Mark): void {
  if (known === null) return;
  const late = known.fencing === fencing && known.rollout === rollout && known.number > number;
  if (known.fencing > fencing || late) throw overtaken(fencing, known.fencing);
}

function standing({ rollout, left }: Scene, mark: string | null): PatchOperation[] {
  // In a resource without any annotation nothing can be tested below them.
  if (rollout.metadata.annotations === undefined && mark === null)
    return [{ op: "test", path: "/metadata/annotations", value: null }];
  return [
    { op: "test", path: annotationPath(markKey), value: mark },
    { op: "test", path: annotationPath(handsOffKey), value: left.handsOffText },
  ];
}

function marked({ rollout }: Scene, text: string): PatchOperation[] {
  if (rollout.metadata.annotations === undefined)
    return [{ op: "add", path: "/metadata/annotations", value: { [markKey]: text } }];
  return [{ op: "add", path: annotationPath(markKey), value: text }];
}
