import { describe, expect, test } from "vitest";
import { type Deployment, deploymentReleases } from "../../../core/learning/deployments.ts";
import { type Release, releaseWords } from "../../../core/learning/release.ts";

const line = Array.from({ length: 20 }, (_, place) => ({
  commit: `c${place}`,
  services: place % 2 === 0 ? ["shop"] : ["cart"],
}));
const release = (commit: string, went: Release["went"], more: Partial<Release> = {}): Release => ({
  ...{ commit, at: 100, by: "ro", went, stays: typeof went === "object" && "well" in went },
  ...more,
});
const stood = { well: "stable" } as const;
const failed = { failed: "rolled-back" } as const;
const said = (releases: Release[], changes = line) =>
  Object.fromEntries(releaseWords(releases, changes).map(({ commit, because }) => [commit, because]));

describe("a release", () => {
  test.each<[string, Release[], Record<string, string>]>([
    [
      "that stood speaks well of all its changes",
      [release("c2", "pending", { stays: true }), release("c5", stood)],
      { c3: "stable", c4: "stable", c5: "stable" },
    ],
    [
      "that failed blames each of three",
      [release("c2", "pending", { stays: true }), release("c5", failed)],
      { c3: "rolled-back", c4: "rolled-back", c5: "rolled-back" },
    ],
    [
      "that failed with four blames none",
      [release("c1", "pending", { stays: true }), release("c5", failed)],
      { c2: "shared-release", c3: "shared-release", c4: "shared-release", c5: "shared-release" },
    ],
    ["that was the first speaks of its own commit alone", [release("c5", stood)], { c5: "stable" }],
    [
      "that failed first blames nobody, for nobody knows what was new",
      [release("c5", failed)],
      { c5: "shared-release" },
    ],
    [
      "of a commit of no branch hides what was new in the next",
      [release("c1", stood), release("elsewhere", stood), release("c5", stood)],
      { c1: "stable", c5: "stable" },
    ],
    [
      "of one service says nothing of a change to another",
      [release("c1", "pending", { stays: true }), release("c6", failed, { service: "shop" })],
      { c2: "rolled-back", c4: "rolled-back", c6: "rolled-back" },
    ],
  ])("%s", (_, releases, expected) => {
    expect(said(releases)).toEqual(expected);
  });

  test("that failed leaves its changes to the next one, which stood", () => {
    const words = releaseWords(
      [release("c1", stood), release("c9", failed, { at: 200 }), release("c9", stood, { at: 300 })],
      line,
    );
    expect(words.filter(({ commit }) => commit === "c5").map(({ says, at }) => [says, at])).toEqual([
      ["unknown", 200],
      ["well", 300],
    ]);
  });

  test("counts a change of no service for each", () => {
    const shared = line.map(({ commit }) => ({ commit, services: [] }));
    expect(
      said([release("c1", "pending", { stays: true }), release("c3", failed, { service: "shop" })], shared),
    ).toEqual({ c2: "rolled-back", c3: "rolled-back" });
  });
});

describe("a deployment", () => {
  const hour = 3600;
  const deployment = (place: number, hours: number, ...states: string[]): Deployment => ({
    ...{ id: `${hours}`, commit: `c${place}`, at: hours * hour },
    statuses: states.map((state, number) => ({ state, at: hours * hour + number })),
  });
  const rules = {
    rollbackWithinSeconds: 24 * hour,
    placeOf: (commit: string) => (commit.startsWith("c") ? Number(commit.slice(1)) : undefined),
  };
  const went = (...deployments: Deployment[]) =>
    deploymentReleases(deployments, rules).map(({ commit, went: how }) => [commit, how]);
  const good = { well: "deployed" };

  test.each<[string, Deployment[], unknown[]]>([
    ["that succeeded stands", [deployment(1, 1, "queued", "in_progress", "success")], [["c1", good]]],
    ["that GitHub retired later still stood", [deployment(1, 1, "success", "inactive")], [["c1", good]]],
    [
      "that ended in an error failed",
      [deployment(1, 1, "in_progress", "error")],
      [["c1", { failed: "deployment-failed" }]],
    ],
    [
      "that failed after it had succeeded failed",
      [deployment(1, 1, "success", "failure")],
      [["c1", { failed: "deployment-failed" }]],
    ],
    [
      "that waits, or was given up, says nothing",
      [deployment(1, 1, "queued"), deployment(2, 2, "inactive")],
      [],
    ],
    [
      "that went well when it was tried again says nothing the first time",
      [deployment(1, 1, "failure"), deployment(1, 2, "success")],
      [["c1", good]],
    ],
    [
      "over which an older commit was deployed within a day was taken back",
      [deployment(1, 1, "success"), deployment(3, 2, "success"), deployment(1, 5, "success")],
      [
        ["c1", good],
        ["c3", { failed: "rolled-back" }],
        ["c1", good],
      ],
    ],
    [
      "over which an older commit was deployed days later was not",
      [deployment(1, 1, "success"), deployment(3, 2, "success"), deployment(1, 50, "success")],
      [
        ["c1", good],
        ["c3", good],
        ["c1", good],
      ],
    ],
    [
      "of a commit of no branch takes nothing back",
      [deployment(3, 2, "success"), { ...deployment(1, 5, "success"), commit: "x" }],
      [
        ["c3", good],
        ["x", good],
      ],
    ],
  ])("%s", (_, deployments, expected) => {
    expect(went(...deployments)).toEqual(expected);
  });

  test("that was taken back is known to have failed since then, and what it brought comes again with the next", () => {
    const releases = deploymentReleases(
      [
        deployment(1, 1, "success"),
        deployment(3, 2, "success"),
        deployment(1, 5, "success"),
        deployment(4, 9, "success"),
      ],
      rules,
    );
    const words = releaseWords(releases, line);
    expect(words.filter(({ commit }) => commit === "c3").map(({ says, at }) => [says, at])).toEqual([
      ["failed", 5 * hour],
      ["well", 9 * hour],
    ]);
  });
});
