import { checkFolder } from "../adapters/policy/folder.ts";
import { configurationPath } from "../adapters/policy/places.ts";
import { resolvePolicy } from "../adapters/policy/resolve.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { type Impact, policyImpact } from "../core/decision/impact.ts";
import { UserError } from "../core/errors.ts";
import { digest } from "../core/evidence/canonical.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import type { Problem } from "../core/policy/yaml/problem.ts";
import type { EditedTexts } from "./edited-policy.ts";

export type ToJudge = { texts: EditedTexts; before: PolicyBundle; recorded: ChangeFacts[]; now: Date };

/** What an edit of the policy was found to be, and what it would have made of past changes. */
export type Judged = {
  problems: readonly Problem[];
  warnings: readonly Problem[];
  removed?: boolean;
  /** The rest is absent where there are problems. */
  impact?: Impact;
  left?: number;
  partly?: boolean;
};

/** How long the replay may take before the rest is left out. */
const longestReplayMs = 1500;

/** The edited policy is read as data: it decides nothing. */
export async function judgeEditedPolicy({ texts, before, recorded, now }: ToJudge): Promise<Judged> {
  const { bundle, ...read } = await readEdited(texts, now);
  if (!bundle) return read;
  return { ...read, ...replayed(recorded, before, bundle), partly: isReplayedPartly(before, bundle) };
}

type Read = Pick<Judged, "problems" | "warnings" | "removed"> & { bundle?: PolicyBundle };

async function readEdited(
  { commit, configuration, folder, files, problems }: EditedTexts,
  now: Date,
): Promise<Read> {
  if (problems.length > 0) return { problems, warnings: [] };
  const held = new Map(files);
  if (held.size > 0) return checked(folder, held, commit, now);
  try {
    const { policy } = await resolvePolicy(
      {
        commit,
        ...(configuration === undefined ? {} : { configuration }),
        defaultFolder: folder,
        folder: async () => held,
      },
      undefined,
    );
    return { problems: [], warnings: [], bundle: policy, removed: configuration === undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problems: [{ file: configurationPath, message: error.message }], warnings: [] };
  }
}

/** As `policy check`, with each file by its whole path. */
function checked(folder: string, files: ReadonlyMap<string, string>, commit: string, now: Date): Read {
  const { bundle, problems, warnings } = checkFolder(files, { name: "edited", commit }, now);
  const placed = (list: readonly Problem[]) =>
    list.map((one) => (files.has(one.file) ? { ...one, file: `${folder}/${one.file}` } : one));
  return { problems: placed(problems), warnings: placed(warnings), ...(bundle ? { bundle } : {}) };
}

function replayed(
  recorded: ChangeFacts[],
  before: PolicyBundle,
  after: PolicyBundle,
): { impact: Impact; left: number } {
  const end = performance.now() + longestReplayMs;
  let left = recorded.length;
  const inTime = function* (): Generator<ChangeFacts> {
    for (const facts of recorded) {
      if (performance.now() > end) return;
      left -= 1;
      yield facts;
    }
  };
  const impact = policyImpact(inTime(), before, after);
  return { impact, left };
}

/** Recorded facts are derived: what the calendar, the services and the paths made of them stands. */
function isReplayedPartly(before: PolicyBundle, after: PolicyBundle): boolean {
  const derived = ({ calendar, services, weights }: PolicyBundle) => {
    const { kinds, counted, "not-counted": notCounted } = weights;
    return digest([calendar, services, kinds, counted, notCounted].map((part) => part ?? null));
  };
  return derived(before) !== derived(after);
}
