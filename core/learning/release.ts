import type { CensorReason, FailureReason } from "./sample.ts";
import type { Word } from "./word.ts";

/** One commit that was brought to one place, and how that went. Those of one place come in the order of time. */
export type Release = {
  /** Undefined where nobody wrote down what was brought. */
  commit: string | undefined;
  /** Since when it could be known how it went, in seconds since 1970. */
  at: number;
  by: string;
  /** The service that it was, where a repository has several. */
  service?: string;
  /** `pending`: nobody knows yet. */
  went: "pending" | { failed: FailureReason } | { well: "deployed" | "stable" } | { unknown: CensorReason };
  /** Whether it runs there from then on, so that the next release begins behind it. */
  stays: boolean;
};

/** The changes of a branch, oldest first. */
export type Line = readonly { commit: string; services: readonly string[] }[];

/** A release of more changes that fails does not tell which of them it was. */
const mostBlamed = 3;

/**
 * What the releases of one place say of the changes that they brought. A release that stands speaks well of all of its
 * changes. One that failed blames each of them where they are few; of many nobody knows which it was. What had run there
 * before is known from the release before it alone: the first one speaks of no change but its own commit.
 */
export function releaseWords(releases: readonly Release[], line: Line): Word[] {
  const places = new Map(line.map(({ commit }, place) => [commit, place]));
  const words: Word[] = [];
  let before: number | undefined;
  for (const release of releases) {
    const place = release.commit === undefined ? undefined : places.get(release.commit);
    if (place !== undefined && release.went !== "pending") {
      const first = before === undefined ? place : before + 1;
      const brought = line.slice(first, place + 1).filter((change) => touches(change, release.service));
      const isWhole = before !== undefined;
      for (const { commit } of brought)
        words.push({
          commit,
          at: release.at,
          by: release.by,
          ...saidOf(release.went, isWhole, brought.length),
        });
    }
    if (release.stays) before = place;
  }
  return words;
}

/** A change that is none of a service's own (a shared library, a root file) is part of each. */
function touches({ services }: Line[number], service: string | undefined): boolean {
  return service === undefined || services.length === 0 || services.includes(service);
}

function saidOf(went: Exclude<Release["went"], "pending">, isWhole: boolean, changes: number) {
  if ("well" in went) return { says: "well", because: went.well } as const;
  if ("unknown" in went) return { says: "unknown", because: went.unknown } as const;
  if (isWhole && changes <= mostBlamed) return { says: "failed", because: went.failed } as const;
  return { says: "unknown", because: "shared-release" } as const;
}
