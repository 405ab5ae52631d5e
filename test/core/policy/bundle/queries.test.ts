import { describe, expect, it } from "vitest";
import { examineBundle, readBundle } from "../../../../core/policy/bundle/bundle.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";
import { bundleWith } from "./texts.ts";

const origin = { name: "ours", commit: "1" };
const queries = (metric: string, more = "") => `schema-version: 1
sets:
  ours:
    description: Ours.
    variables: { job: { description: The job. }, codes: { description: Bad ones., form: pattern, default: 5.. }${more} }
    metrics:
      error-rate: ${metric}
`;
const good = "{ kind: ratio, total: 'a{job=\"$job\",$arm}', bad: 'a{code=~\"$codes\",$arm}' }";
const services = (telemetry: string) => `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    telemetry: ${telemetry}
`;
const problemsOf = (files: Record<string, string>): string[] =>
  examineBundle(bundleWith(files), origin).problems.map(describeProblem);

describe("queries.yaml", () => {
  it("is part of the bundle and of its hash, which stays as it was without it", () => {
    const without = readBundle(bundleWith({}), origin);
    const bundle = readBundle(bundleWith({ "queries.yaml": queries(good) }), origin);
    expect(without.queries).toBeUndefined();
    expect(bundle.queries?.sets.ours?.metrics["error-rate"]?.kind).toBe("ratio");
    expect(bundle.version.hash).not.toBe(without.version.hash);
    const commented = `# A comment.\n${queries(good)}`;
    expect(readBundle(bundleWith({ "queries.yaml": commented }), origin).version).toEqual(bundle.version);
  });

  it("is inherited whole", () => {
    const bases = () => bundleWith({ "queries.yaml": queries(good) });
    expect(readBundle(bundleWith({}), { ...origin, bases }).queries?.sets).toHaveProperty("ours");
  });

  it.each([
    [
      "{ kind: ratio, total: 'a{job=\"$jop\"}', bad: b }",
      /^queries\.yaml:7:\d+: \$jop is no variable here; did you mean "job"\? Allowed: \$job, \$codes, \$version/,
    ],
    ["{ kind: ratio, total: 'a{job=\"$codes\"}', bad: b }", /\$codes is a pattern; write =~ before it/],
    ["{ kind: gauge, value: a + $job }", /\$job stands outside of quotes/],
    ["{ kind: gauge, value: 'a{job=`$job`}' }", /\$job stands in backticks/],
    ["{ kind: gauge, value: 'a{job=\"$window\"}' }", /\$window stands in quotes/],
    ["{ kind: gauge, value: a, margin: { points: 1 } }", /points are of shares/],
    ["{ kind: gauge, value: a, margin: { points: 1, percent: 2 } }", /one of points, percent and absolute/],
    ["{ kind: gauge, value: a, margin: {} }", /one of points, percent and absolute/],
    ["{ kind: guage, value: a }", /ratio.*gauge.*histogram/],
    ["{ kind: gauge, value: a, supplies: [canary.errors] }", /canary\.error_rate/],
    ["{ kind: histogram, buckets: a, quantile: 95 }", /quantile-percent/],
  ])("%s is refused with its place", (metric, message) => {
    const problems = problemsOf({ "queries.yaml": queries(metric) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toMatch(/^queries\.yaml:7:/);
  });

  it("keeps the names that the rollout fills in", () => {
    const problems = problemsOf({ "queries.yaml": queries(good, ", version: { description: Mine. }") });
    expect(problems.join()).toMatch(/\$version is filled in by the rollout; call this one otherwise/);
  });
});

describe("the telemetry of a service", () => {
  it("is held against the sets", () => {
    const files = (telemetry: string) => ({
      "queries.yaml": queries(good),
      "services.yaml": services(telemetry),
    });
    expect(problemsOf(files("{ sets: [ours], variables: { job: shop } }"))).toEqual([]);
    const [problem] = problemsOf(files("{ sets: [our], variables: {} }"));
    expect(problem).toMatch(
      /^services\.yaml:5:\d+: "our" is no set of queries\.yaml; did you mean "ours"\? Allowed: ours/,
    );
    expect(problemsOf(files("{ sets: [ours] }")).join()).toMatch(
      /error-rate of ours needs job: The job(?!\.\.)/,
    );
    expect(
      problemsOf(files("{ metrics: { x: { kind: gauge, value: 'up{$arm} > $least' } } }")).join(),
    ).toMatch(/\$least is no variable here/);
  });
});
