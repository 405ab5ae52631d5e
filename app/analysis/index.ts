import type { Database } from "../../adapters/database/database.ts";
import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { answerOf, type GateAnswer, holding } from "../../core/analysis/gates/answer.ts";
import { metricPolicies } from "../../core/analysis/metric-policy-of.ts";
import { planWindows, windowsDue } from "../../core/analysis/plan-windows.ts";
import { analysisPolicyOf } from "../../core/analysis/policy-of.ts";
import { UserError } from "../../core/errors.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import type { TelemetrySettings } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Ledger, Telemetry } from "../../core/ports.ts";
import { type Asked, idOf, runOf } from "./asked.ts";
import { type Comparing, compare, prepareFor } from "./compare.ts";
import { inTime } from "./in-time.ts";
import { type Judges, judgesApart } from "./judge-apart.ts";
import { isOver, recordVerdict } from "./record.ts";
import {
  begin,
  byName,
  type Comparison,
  countOf,
  found,
  keep,
  noteWeights,
  pastOf,
  takenBack,
} from "./store.ts";

export type AnalysesAround = {
  database: Database;
  now(): Date;
  /** What speaks for a repository: policy and configuration of its default branch. */
  policyOf(repository: string): Promise<ResolvedPolicy>;
  telemetryOf(repository: string, wanted: TelemetrySettings | undefined): Telemetry | undefined;
  /** Where it is written down how a comparison ended. */
  ledger(repository: string): Ledger;
  /** Where a verdict can be read. */
  linkOf?(repository: string, id: string): string;
  warn(sentence: string): void;
  /** Controllers wait ten seconds, for the look at the repository as well; 6000 where absent. */
  answerWithinMs?: number;
  /** A thread of its own where absent. */
  judges?: Judges;
};

export type Analyses = {
  /** The verdict on the windows so far. What cannot be told is `hold`, with the reason; nothing but a bug is thrown. */
  ask(asked: Asked): Promise<GateAnswer>;
  /** As it stands, for whoever wants to read its verdict. */
  read(repository: string, id: string): Promise<Comparison | undefined>;
};

/** A store scrapes, then works out its rules: a window's numbers are whole only so long after its end. */
const settleSeconds = 15;
/** Of one repository in an hour: more than anybody rolls out, and few enough for a store to bear. */
const mostComparisons = 500;

type Around = AnalysesAround & { judges: Judges };

export function analyses(given: AnalysesAround): Analyses {
  const around: Around = { judges: judgesApart(), ...given };
  const underWay = new Map<string, Promise<GateAnswer>>();

  /** Two asks at once share one look. */
  const shared = (asked: Asked, id: string): Promise<GateAnswer> => {
    const key = `${asked.repository} ${id} ${asked.weight ?? ""}`;
    const before = underWay.get(key);
    if (before) return before;
    const looking = look(around, asked, id).finally(() => underWay.delete(key));
    underWay.set(key, looking);
    return looking;
  };

  return {
    async ask(asked) {
      const id = idOf(runOf(asked), asked.step);
      const place = placeIn(around, asked.repository, id);
      try {
        const late = () =>
          holding(
            place,
            "analysis-late",
            "The telemetry has not answered yet; the next ask is told what it says.",
          );
        return await inTime(shared(asked, id), around.answerWithinMs ?? 6000, late, around.warn);
      } catch (error) {
        if (error instanceof UserError) return holding(place, error.reasonCode, error.message);
        throw error;
      }
    },
    read: (repository, id) => byName(around.database, repository, id),
  };
}

type Place = Pick<GateAnswer, "id" | "link">;

function placeIn({ linkOf }: AnalysesAround, repository: string, id: string): Place {
  return { id, ...(linkOf ? { link: linkOf(repository, id) } : {}) };
}

async function look(around: Around, asked: Asked, id: string): Promise<GateAnswer> {
  const { database } = around;
  const lock = `analysis ${asked.repository} ${id}`;
  // Of two replicas one looks, and the other tells what is known so far.
  const unlock = await database.tryLock(lock, () => undefined);
  try {
    return await locked(around, asked, id, unlock !== undefined);
  } finally {
    await unlock?.();
  }
}

async function locked(around: Around, asked: Asked, id: string, mayLook: boolean): Promise<GateAnswer> {
  const { database } = around;
  const { repository } = asked;
  const now = around.now();
  const place = placeIn(around, repository, id);
  const run = runOf(asked);
  const back = await takenBack(database, repository, run, now);
  if (back?.document) {
    if (mayLook) await written(around, asked, back);
    return answerOf(back.document, placeIn(around, repository, back.id));
  }
  let resolved: ResolvedPolicy | undefined;
  let comparison = await found(database, repository, id, now);
  if (!comparison) {
    await requireRoom(around, repository, now);
    resolved = await around.policyOf(repository);
    await begin(database, repository, { ...fresh(asked, resolved, now), id, run }, now);
    comparison = await found(database, repository, id, now);
    if (!comparison) throw new Error("A comparison that was begun is not there.");
    workAhead(around, asked, comparison, resolved);
  }
  if (comparison.final && comparison.document) {
    if (mayLook) await written(around, asked, comparison);
    return answerOf(comparison.document, place);
  }
  comparison = await withWeight(around, asked, comparison, now);
  const due = windowsDue(comparison.plan, now.getTime() / 1000);
  if (due > comparison.looked_to && mayLook) {
    resolved ??= await around.policyOf(repository);
    comparison = await looked(around, asked, comparison, due, resolved);
  }
  if (mayLook && isOver(comparison)) await written(around, asked, comparison);
  if (comparison.document) return answerOf(comparison.document, place);
  const about = { ...place, windows_planned: comparison.plan.windows };
  return due === 0
    ? holding(about, "no-window-yet", "The first window is not over yet.")
    : holding(about, "not-enough-data", "The first window is being read.");
}

/** A promotion waits for the ledger, and a rollback waits for nothing. */
async function written(around: Around, asked: Asked, comparison: Comparison): Promise<void> {
  try {
    await recordVerdict(around, asked, comparison);
  } catch (error) {
    if (comparison.final === "promote") throw error;
    const { id, final } = comparison;
    around.warn(
      `The ${final ?? "end"} of the comparison ${id} of ${asked.repository} is not in the ledger: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function requireRoom(around: Around, repository: string, now: Date): Promise<void> {
  if ((await countOf(around.database, repository, now)) < mostComparisons) return;
  throw new UserError(
    "too-many-comparisons",
    `${repository} has ${mostComparisons} comparisons within an hour, the most that are made. Is run: the same for all asks of one rollout?`,
  );
}

/** The windows are fixed here: an edit of the policy under way changes how they are judged, not where they end. */
function fresh(asked: Asked, { policy, configuration }: ResolvedPolicy, now: Date) {
  const { service, step, weight } = asked;
  const environment = asked.environment || configuration.environment || defaultEnvironment;
  const thresholds = thresholdsFor(policy.thresholds, { service, environment });
  const { windowSeconds, longestWindows } = analysisPolicyOf(thresholds, metricPolicies(new Map()));
  const startSeconds = now.getTime() / 1000;
  const plan = planWindows({ startSeconds, windowSeconds, windows: longestWindows, settleSeconds });
  const weights: Comparison["weights"] = weight === undefined ? [] : [[startSeconds, weight]];
  return { step, service, environment, plan, weights };
}

async function withWeight(
  { database }: AnalysesAround,
  { repository, weight }: Asked,
  comparison: Comparison,
  now: Date,
): Promise<Comparison> {
  if (weight === undefined || comparison.weights.at(-1)?.[1] === weight) return comparison;
  const weights: Comparison["weights"] = [...comparison.weights, [now.getTime() / 1000, weight]];
  await noteWeights(database, repository, { id: comparison.id, weights });
  return { ...comparison, weights };
}

async function looked(
  around: Around,
  asked: Asked,
  comparison: Comparison,
  due: number,
  resolved: ResolvedPolicy,
): Promise<Comparison> {
  const about = aboutOf(around, asked, comparison, resolved);
  const { measurements, counting, verdict, whole } = await compare(comparison, due, about);
  const final = verdict.verdict === "promote" || verdict.verdict === "rollback" ? verdict.verdict : null;
  const after: Comparison = {
    ...comparison,
    measurements,
    counting,
    document: verdict,
    final,
    looked_to: whole ? due : comparison.looked_to,
  };
  await keep(around.database, asked.repository, after);
  return after;
}

function aboutOf(
  around: Around,
  { repository, candidate, baseline }: Asked,
  comparison: Comparison,
  { policy, configuration }: ResolvedPolicy,
): Comparing {
  const telemetry = around.telemetryOf(repository, configuration.telemetry);
  if (!telemetry)
    throw new UserError(
      "telemetry-not-configured",
      "The App has no telemetry for this repository. Its operator names the stores in ADAPTIVE_DEPLOY_TELEMETRY.",
    );
  const past = () => pastOf(around.database, repository, comparison);
  return { policy, telemetry, candidate, baseline, past, judges: around.judges, now: around.now() };
}

/** While the first window is waited for, where its traffic can be told beforehand. What stands in the way is told with the first look, which works it out itself. */
function workAhead(around: Around, asked: Asked, comparison: Comparison, resolved: ResolvedPolicy): void {
  if (comparison.weights.length === 0) return;
  const work = async () => await prepareFor(comparison, aboutOf(around, asked, comparison, resolved));
  work().catch((error: unknown) => {
    if (!(error instanceof UserError))
      around.warn(
        `Nothing was worked out before the first window: ${error instanceof Error ? error.message : ""}.`,
      );
  });
}
