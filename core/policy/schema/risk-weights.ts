import * as z from "zod";
import { kindNames, platforms } from "../../change/facts.ts";
import { globs, header, name, points } from "./parts.ts";

/** Facts that a factor of the score may read. */
export const scoredFacts = [
  "diff.files",
  "diff.additions",
  "diff.deletions",
  "diff.directories",
  "diff.entropy",
  "diff.churn",
  "tests.failed",
  "tests.flaky",
  "tests.integration_failed",
  "tests.hardware_failed",
  "coverage.delta",
  "dependencies.added",
  "dependencies.updated",
  "dependencies.removed",
  "dependencies.major",
  "vulnerabilities.critical",
  "vulnerabilities.high",
  "vulnerabilities.medium",
  "performance.latency_percent",
  "performance.memory_percent",
  "performance.throughput_percent",
  "kinds.db_schema",
  "kinds.kernel_driver",
  "kinds.firmware",
  "kinds.driver_signing",
  "kinds.infrastructure",
  "kinds.hotfix",
  "kinds.revert",
  "kinds.backport",
  "kinds.policy",
  "history.failure_rate",
  "history.days_since_rollback",
  "history.days_since_incident",
  "author.changes_here",
  "author.days_here",
] as const;
export type ScoredFact = (typeof scoredFacts)[number];

const curve = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("linear").describe("points × value / per, kept between min and max"),
    points,
    per: z.number().positive(),
    min: points.optional(),
    max: points.optional(),
  }),
  z.strictObject({
    kind: z
      .literal("saturating")
      .describe("max × value^slope / (value^slope + half^slope): nearing max, never reaching it"),
    max: points,
    half: z.number().positive().describe("Value that earns half of max."),
    slope: z.number().positive().max(8),
  }),
  z.strictObject({
    kind: z.literal("logarithmic").describe("points × ln(1 + value / scale), at most max"),
    points,
    scale: z.number().positive(),
    max: points.optional(),
  }),
  z.strictObject({ kind: z.literal("flag").describe("points where the fact is true, or above 0"), points }),
  z.strictObject({
    kind: z.literal("steps").describe("Straight lines between [value, points] pairs, flat outside of them."),
    steps: z
      .array(z.tuple([z.number(), points]))
      .min(1)
      .max(50)
      .describe("[value, points] pairs in rising order of value."),
  }),
]);
export type Curve = z.infer<typeof curve>;

const factor = z.strictObject({
  fact: z.enum(scoredFacts).describe("The fact that the factor reads."),
  curve: curve.describe("How the fact's value becomes points."),
  worst: points.nonnegative().describe("Points that the factor could add where its fact is unknown."),
  label: z.string().min(1).max(80).describe("How the factor is called in a comment."),
});
export type Factor = z.infer<typeof factor>;

const kindPattern = z.strictObject({
  paths: globs.optional().describe("A change is of this kind where it touches one of these paths."),
  // Beginnings of the head branch's name are not used: a branch name is the author's to choose.
  titles: z
    .array(z.string().min(1).max(100))
    .max(50)
    .optional()
    .describe("Words or phrases in the change's title, matched without case at word bounds."),
});

export const riskWeights = z.strictObject({
  ...header,
  factors: z.record(name(40), factor).describe("What adds to the score, by a name of your choice."),
  criticality: z
    .strictObject({ normal: z.number().min(0.1).max(5), critical: z.number().min(0.1).max(5) })
    .describe("What the sum of all points is multiplied with, by the service's criticality."),
  caution: z
    .partialRecord(z.enum(platforms), points.nonnegative())
    .optional()
    .describe("Points added to the score for the look-up of a band, by platform; never to the score itself."),
  kinds: z
    .partialRecord(z.enum(kindNames), kindPattern)
    .optional()
    .describe("How each kind of change is known by its paths and title."),
  "not-counted": globs
    .optional()
    .describe("Paths whose lines weigh 0, beside generated, vendored, lock, minified and snapshot files."),
  counted: globs
    .optional()
    .describe("Paths whose lines count although a rule says that they are generated or vendored."),
  "author-facts": z
    .boolean()
    .optional()
    .describe(
      "Facts of the author's familiarity with the code; off by default, and never a failure rate of a person.",
    ),
});
export type RiskWeights = z.infer<typeof riskWeights>;
