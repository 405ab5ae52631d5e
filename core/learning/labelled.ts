import type { Chain } from "../ports.ts";
import { datasetOf } from "./dataset.ts";
import { type Delay, delayOf } from "./delay.ts";
import { type Deployment, deploymentReleases } from "./deployments.ts";
import { gitWords } from "./git-words.ts";
import { labelsOf } from "./labels.ts";
import { type OutcomeRules, releasesOfStream } from "./outcomes.ts";
import { type Release, releaseWords } from "./release.ts";
import type { Dataset } from "./sample.ts";
import type { Walk } from "./walk/walked.ts";

/** What is known of how changes went beside what git tells. */
export type Outside = {
  /** Streams of the environment that counts. */
  chains: readonly Chain[];
  /** Deployments to it, oldest first. */
  deployments: readonly Deployment[];
};

export type Labelled = { dataset: Dataset; delay: Delay };

/** `now`: seconds since 1970, by which a rollout that stood is known to be stable. */
export function labelled(walk: Walk, outside: Outside, now: number, rules: OutcomeRules): Labelled {
  const { changes, headAt: until } = walk;
  const places = new Map(changes.map(({ commit }, place) => [commit, place]));
  const { rollbackWithinSeconds } = rules;
  const releases: Release[][] = outside.chains.map(({ stream, events }) =>
    releasesOfStream(stream, events, now, rules),
  );
  const placeOf = (commit: string): number | undefined => places.get(commit);
  releases.push(deploymentReleases(outside.deployments, { rollbackWithinSeconds, placeOf }));
  const fromGit = gitWords(changes);
  const delay = delayOf(changes, fromGit, until);
  const words = [...fromGit, ...releases.flatMap((one) => releaseWords(one, changes))];
  const labels = labelsOf(changes, words, { delaySeconds: delay.seconds, until });
  return { dataset: datasetOf(walk, labels), delay };
}
