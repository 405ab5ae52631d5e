import { digest } from "../../core/evidence/canonical.ts";
import type { Walk, WalkedChange, WalkRules } from "../../core/learning/walk/walked.ts";
import { newWalk, walker, weightRulesOf } from "../../core/learning/walk/walker.ts";
import { tableFrom } from "./files-table.ts";
import type { GitRepository } from "./repository.ts";
import { changesFrom } from "./walk/changes.ts";
import { type Checkpoint, checkpointIn } from "./walk/checkpoint.ts";
import { firstParents } from "./walk/first-parents.ts";

export type WalkOptions = {
  repository: GitRepository;
  /** Revision whose first-parent line is walked. */
  head: string;
  rules: WalkRules;
  /** Folder that the walk is kept in as it goes, so that the next one goes on from there. */
  checkpoint?: string | undefined;
  /** So many changes are walked between two checkpoints. */
  checkpointEvery?: number;
  onProgress?: (progress: WalkProgress) => void;
  /** Hears why a checkpoint does not count. */
  onNote?: (sentence: string) => void;
};
export type WalkProgress = { done: number; total: number; secondsLeft: number | undefined };

const defaultCheckpointEvery = 5000;
const progressEvery = 100;
/** Raised whenever the same history would be told differently: older checkpoints then count no more. */
const walkVersion = 1;

/**
 * The merged changes of a branch, oldest first, with facts as they were then and, of each fix, who wrote the lines that it
 * takes away. Equal history and equal rules give equal results, however often the walk was broken off.
 */
export async function walkHistory(options: WalkOptions): Promise<Walk> {
  const { repository, rules, onProgress } = options;
  const head = await repository.resolve(options.head);
  const shallow = await repository.isShallow();
  const line = await firstParents(repository.git, head);
  const kept = checkpointAt(options, shallow);
  const resumed = await kept?.read(line.map(({ commit }) => commit));
  const state = resumed?.state ?? newWalk(shallow);
  const changes: WalkedChange[] = resumed?.changes ?? [];
  const take = walker(rules, state);
  const progress = progressOf(state.commits.length, line.length, onProgress);
  const every = options.checkpointEvery ?? defaultCheckpointEvery;
  for await (const change of changesFrom(repository.git, line.slice(state.commits.length))) {
    const walked = take(change);
    if (walked) changes.push(walked);
    progress(state.commits.length);
    if (state.commits.length % every === 0) await kept?.write(state, changes);
  }
  if (state.commits.length > (resumed?.commits ?? 0)) await kept?.write(state, changes);
  const files = await tableFrom(repository, head, state.past, weightRulesOf(rules));
  return { changes, head, headAt: state.at ?? 0, shallow, files };
}

function checkpointAt(options: WalkOptions, shallow: boolean): Checkpoint | undefined {
  if (options.checkpoint === undefined) return undefined;
  const { weights, heuristic, services } = options.rules;
  const rules = digest({ walkVersion, weights, heuristic, services, shallow });
  return checkpointIn(options.checkpoint, rules, options.onNote ?? (() => undefined));
}

function progressOf(
  from: number,
  total: number,
  tell: WalkOptions["onProgress"] = () => undefined,
): (done: number) => void {
  const start = performance.now();
  return (done) => {
    if (done % progressEvery !== 0 && done !== total) return;
    const seconds = (performance.now() - start) / 1000;
    tell({ done, total, secondsLeft: done > from ? (seconds / (done - from)) * (total - done) : undefined });
  };
}
