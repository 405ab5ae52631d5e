import { leastOfEach } from "../model/teach.ts";
import type { Arm } from "./arms.ts";
import type { ModelGiven, Plan } from "./backtest.ts";
import type { Cases } from "./cases.ts";
import { type Drawn, differencesOf, drawnAll } from "./intervals.ts";
import { measureOf, type Tested } from "./measure.ts";
import type { Schedule } from "./moments.ts";
import type { Against, GivenModel } from "./shape.ts";

export type Measured = { arms: readonly Arm[]; tested: Tested; drawn: readonly Drawn[]; draws: number };

/** The new one beside each other, on changes that no given model of the two had seen, where enough of them are left. */
export function* comparisons(
  cases: Cases,
  { rows }: Schedule,
  plan: Plan,
  { arms, tested, drawn, draws }: Measured,
): Generator<string, Against[]> {
  const found: Against[] = [];
  for (const [index, other] of arms.entries()) {
    const [own] = arms;
    if (own === undefined || index === 0) continue;
    const unseen = unseenPlaces(cases, rows, [plan.model, other.name === "old" ? plan.old : undefined]);
    const failures = unseen.reduce((sum, place) => sum + (tested.labels[place] ?? 0), 0);
    const isEnough = failures >= leastOfEach && unseen.length - failures >= leastOfEach;
    const seen = unseen.length < rows.length && !isEnough;
    const changes = isEnough ? unseen.length : rows.length;
    let pair = [drawn[0], drawn[index]];
    if (changes < rows.length) {
      const some = pickedTested(tested, unseen);
      const measured = [own, other].map((arm) => measureOf(pickedArm(arm, unseen), some));
      pair = yield* drawnAll(measured, changes, draws);
    }
    const [one, two] = pair;
    if (one && two) found.push({ than: other.name, changes, seen, figures: differencesOf(one, two) });
  }
  return found;
}

/** Until when given models had been taught, and how much of the test that is. */
export function givenOf(cases: Cases, rows: readonly number[], { model, old }: Plan): GivenModel[] {
  return [["new", model] as const, ["old", old] as const].flatMap(([arm, one]): GivenModel[] => {
    if (one === undefined) return [];
    const unseen = unseenPlaces(cases, rows, [one]).length;
    const seen = one.trainedTo === null ? null : 1 - unseen / rows.length;
    return [{ arm, trained_to: one.trainedTo, seen_share: seen }];
  });
}

/** Which tested changes are later than all that the given models had been taught with. */
function unseenPlaces(
  cases: Cases,
  rows: readonly number[],
  models: readonly (ModelGiven | undefined)[],
): number[] {
  const last = Math.max(...models.map((one) => (one ? (one.trainedTo ?? Number.POSITIVE_INFINITY) : 0)));
  return Array.from(rows.keys()).filter((place) => (cases.times[rows[place] ?? 0] ?? 0) > last);
}

function pickedTested({ labels, effort, critical }: Tested, places: readonly number[]): Tested {
  return {
    labels: Uint8Array.from(places, (place) => labels[place] ?? 0),
    effort: Float64Array.from(places, (place) => effort[place] ?? 0),
    critical: critical && Uint8Array.from(places, (place) => critical[place] ?? 0),
  };
}

function pickedArm({ name, scores, probabilities, placed: own, worth }: Arm, places: readonly number[]): Arm {
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(places, (place) => values[place] ?? 0);
  const pickBytes = (values: Uint8Array): Uint8Array =>
    Uint8Array.from(places, (place) => values[place] ?? 0);
  return {
    ...{ name, scores: pick(scores), worth: pick(worth) },
    probabilities: probabilities && pick(probabilities),
    placed: own && { way: pickBytes(own.way), asks: pickBytes(own.asks) },
  };
}
