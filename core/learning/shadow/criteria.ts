import { type Mode, type ModelRules, modelDefaults, modes } from "../../policy/schema.ts";
import type { Criterion, ServiceShadow, Verdict } from "./document.ts";

/** What policy asks for before a model counts for more, and what follows from that. */

export type Known = Pick<ServiceShadow, "releases" | "failures" | "heuristic" | "model" | "scale"> & {
  /** Releases that failed, of which only one of the two had asked for a person. */
  caughtAlone: { heuristic: number; model: number };
  labels: number | null;
  /** Why the weights take over from the model in force; null: nothing is called drift. */
  drift: string | null;
  /** The same of all that was said of these releases, by whichever model was in force. */
  driftOfAll: string | null;
};

export function criteriaOf(known: Known, rules: ModelRules): Criterion[] {
  const { releases, failures, labels } = known;
  const when = { ...modelDefaults["enforce-when"], ...rules["enforce-when"] };
  const leastLabels = rules["least-labels"] ?? modelDefaults["least-labels"];
  return [
    {
      name: "labels",
      ...answered(labels === null ? null : labels >= leastLabels),
      sentence: `The model learnt from ${labels ?? "an unknown number of"} changes; policy asks for ${leastLabels}.`,
    },
    {
      name: "releases",
      ...answered(releases >= when.releases, false),
      sentence: `${releases} releases with a known end; policy asks for ${when.releases}.`,
    },
    falsePositives(known, when["false-positives-percent"]),
    ...(when.recall === "any" ? [] : [recall(known, failures)]),
    calibration(known, rules),
  ];
}

function answered(holds: boolean | null, surely = true): Pick<Criterion, "answer" | "surely"> {
  if (holds === null) return { answer: "unknown", surely: false };
  return holds ? { answer: "met", surely: false } : { answer: "not-met", surely };
}

function calibration({ drift, driftOfAll, releases }: Known, rules: ModelRules): Criterion {
  const least = { ...modelDefaults.drift, ...rules.drift }["least-releases"];
  const unlike = drift ?? driftOfAll;
  return {
    name: "calibration",
    ...answered(unlike === null && releases < least ? null : unlike === null, drift !== null),
    sentence:
      unlike ??
      (releases < least
        ? `${releases} releases are too few to tell whether they go as the model says; policy asks for ${least}.`
        : "Releases go as the model says, as far as can be told."),
  };
}

function falsePositives({ model, releases, failures }: Known, limit: number): Criterion {
  const { value, low } = model.false_positives;
  const of = `${model.approvals_of_well} of ${releases - failures} releases that went well would have waited for a person`;
  return {
    name: "false-positives",
    ...answered(value === null ? null : 100 * value < limit, 100 * low >= limit),
    sentence: `${value === null ? "No release went well" : `${of}, ${percentText(value)}`}; policy asks for less than ${limit} %.`,
  };
}

function recall({ model, heuristic, caughtAlone }: Known, failures: number): Criterion {
  const caught = `Of those that failed (${failures}) the model asked for a person before ${model.approvals_of_failed}, the weights before ${heuristic.approvals_of_failed}`;
  return {
    name: "recall",
    ...answered(
      failures === 0 ? null : model.approvals_of_failed >= heuristic.approvals_of_failed,
      oneSided(caughtAlone.heuristic, caughtAlone.model) <= 0.05,
    ),
    sentence: `${failures === 0 ? "No release failed, so nothing tells" : caught}; policy asks for no fewer.`,
  };
}

/** How often a coin shows at least so many of one side (the sign test). */
function oneSided(heuristic: number, model: number): number {
  const throws = heuristic + model;
  let [ways, sum] = [1, 0];
  for (let heads = throws; heads >= heuristic; heads -= 1) {
    sum += ways;
    ways = (ways * heads) / (throws - heads + 1);
  }
  return sum / 2 ** throws;
}

/**
 * One step at a time, and never by itself. Advice may begin while nothing failed yet, since it decides nothing; to decide
 * takes all of it. Down it goes where chance does not explain what is missing.
 */
export function verdictOf(
  state: Mode,
  scale: ServiceShadow["scale"],
  criteria: readonly Criterion[],
): Verdict {
  const place = modes.indexOf(state);
  const missing = criteria.filter(({ answer }) => answer !== "met");
  const sure = missing.filter(({ surely }) => surely);
  const named = (some: readonly Criterion[]) => some.map(({ name }) => name).join(", ");
  const down = sure.some(({ name }) => name === "calibration") ? "shadow" : modes[place - 1];
  if (sure.length > 0 && down !== undefined && state !== "shadow")
    return { answer: "should-fall", to: down, sentence: `It should fall back to ${down}: ${named(sure)}.` };
  const up = modes[place + 1];
  if (up === undefined) return { answer: "stay", to: state, sentence: `It stays ${state}.` };
  if (up === "enforced" && scale === "points")
    return {
      answer: "stay",
      to: state,
      sentence: "It stays advisory: on the scale points the weights decide.",
    };
  const stands =
    up === "advisory"
      ? missing.filter(({ name, answer }) => !(name === "recall" && answer === "unknown"))
      : missing;
  if (stands.length > 0)
    return { answer: "stay", to: state, sentence: `It stays ${state}; missing for ${up}: ${named(stands)}.` };
  return {
    answer: "may-rise",
    to: up,
    sentence: `It may rise to ${up}: a pull request that sets model.state does it.`,
  };
}

function percentText(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}
