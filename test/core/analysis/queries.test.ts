import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Arm, type Filling, fill } from "../../../core/analysis/queries.ts";
import { UserError } from "../../../core/errors.ts";

const candidate: Arm = {
  name: "candidate",
  variables: { version: "2.0", hash: "7d9f", instances: ["a:1", "b:2"] },
};

function filling(more: Partial<Filling> = {}): Filling {
  return {
    place: "error-rate.bad of the set red-http",
    declared: {
      job: { description: "The label job." },
      errors: { description: "Statuses.", form: "pattern", default: "5.." },
      requests: { description: "A counter.", form: "name", default: "http_requests_total" },
      least: { description: "A number.", form: "number", default: "0.5" },
    },
    given: { job: "shop" },
    arms: { both: { version: "$version" } },
    ...more,
  };
}
const filled = (template: string, more: Partial<Filling> = {}, window = 120) =>
  fill(template, filling(more), candidate, window);

describe("a template", () => {
  it.each([
    ['up{job="$job"}', 'up{job="shop"}'],
    ["sum(increase($requests{$arm}[$window]))", 'sum(increase(http_requests_total{version="2.0"}[120s]))'],
    ['${requests}{code=~"$errors"} > $least', 'http_requests_total{code=~"(?:5..)"} > 0.5'],
    ["up{job='$job', version=~\"$version\"}", "up{job='shop', version=~\"2\\\\.0\"}"],
    ['up{path=~"/a$"} # of $nobody', 'up{path=~"/a$"}'],
    ['label_replace(up, "a", "$1", "b", "$$job")', 'label_replace(up, "a", "$1", "b", "$job")'],
    ['up{instance=~"$instances"}', 'up{instance=~"(?:a:1|b:2)"}'],
    ['up{a="\\"$job\\""}', 'up{a="\\"shop\\""}'],
    [
      'sum($increase(a{b=")$job(",$arm}))',
      'sum(((last_over_time(a{b=")shop(",version="2.0"}[120s]) unless last_over_time(a{b=")shop(",version="2.0"}[1h] offset 120s)) or increase(a{b=")shop(",version="2.0"}[120s])))',
    ],
  ])("%s becomes %s", (template, query) => expect(filled(template)).toBe(query));

  it("has windows of parts of a second", () => expect(filled("x[$window]", {}, 0.5)).toBe("x[500ms]"));
});

describe("what tells the arms apart", () => {
  it.each<[Filling["arms"], string]>([
    [{ both: { pod: { pattern: "shop-$hash-.*" } } }, '{job="shop",pod=~"shop-7d9f-.*"}'],
    [{ both: { instance: "$instances" } }, '{job="shop",instance=~"(?:a:1|b:2)"}'],
    [{ candidate: { host: ["a.b", "c"] } }, '{job="shop",host=~"a\\\\.b|c"}'],
    [
      { both: { env: "prod", track: "x" }, candidate: { track: "canary" } },
      '{job="shop",env="prod",track="canary"}',
    ],
    [{ baseline: { canary: "" }, candidate: { canary: { pattern: ".+" } } }, '{job="shop",canary=~".+"}'],
    [{ both: { name: 'a"b\\c' } }, '{job="shop",name="a\\"b\\\\c"}'],
    [{}, '{job="shop"}'],
  ])("%j", (arms, labels) => {
    expect(filled('{job="$job",$arm}', { arms })).toBe(labels);
    expect(filled('{$arm, job="$job"}', { arms }).split(/,\s*/).sort()).toEqual(
      labels === '{job="shop"}' ? [labels] : expect.arrayContaining(['job="shop"}']),
    );
  });

  it("may be nothing at all", () => expect(filled("up{$arm}", { arms: {} })).toBe("up{}"));
  it("may be an empty label", () => {
    const baseline: Arm = { name: "baseline", variables: {} };
    expect(fill("up{$arm}", filling({ arms: { baseline: { canary: "" } } }), baseline, 1)).toBe(
      'up{canary=""}',
    );
  });
});

describe("what cannot be filled is an error that names variable, metric and set", () => {
  it.each<[string, Partial<Filling>, string, RegExp]>([
    [
      '{job="$jop"}',
      {},
      "query-variable-unknown",
      /^error-rate\.bad of the set red-http: \$jop is no variable here; did you mean "job"\? Allowed: \$job, \$errors, .*\$version, \$hash, \$instances, \$arm, \$window\.$/,
    ],
    [
      '{job="$job"}',
      { given: {} },
      "query-variable-missing",
      /red-http: \$job has no value: write it under telemetry\.variables of the service \(The label job\.\)/,
    ],
    ['{job="$job"}', { given: { job: "" } }, "query-variable-missing", /\$job has no value/],
    ['{job="$constructor"}', {}, "query-variable-unknown", /\$constructor is no variable/],
    ['{job="$job"}', { given: { job: ["a", "b"] } }, "query-malformed", /\$job is a list behind =; write =~/],
    ['{code="$errors"}', {}, "query-malformed", /\$errors is a pattern behind =/],
    ["$job", {}, "query-malformed", /\$job stands outside of quotes/],
    ["$requests", { given: { requests: "up} or vector(1" } }, "query-malformed", /which is no name/],
    ["$least", { given: { least: "1 or 1" } }, "query-malformed", /which is no number/],
    ["{job=`$job`}", {}, "query-malformed", /in backticks/],
    ["sum($increase(a", {}, "query-variable-unknown", /\$increase is no variable/],
    ['{job="$window"}', {}, "query-malformed", /\[\$window\]/],
    ['{job="$arm"}', {}, "query-malformed", /\$arm stands in quotes/],
  ])("%s", (template, more, reasonCode, message) => {
    expect(() => filled(template, more)).toThrow(
      expect.objectContaining({ reasonCode, message: expect.stringMatching(message) }),
    );
  });

  it("also of the rollout", () => {
    const nothing: Arm = { name: "baseline", variables: {} };
    expect(() => fill("up{$arm}", filling(), nothing, 1)).toThrow(
      /^the baseline's labels for error-rate.*\$version has no value: the rollout does not know it of the baseline/,
    );
  });
});

/** The string that a text in double quotes of PromQL stands for. */
function unquoted(text: string): string {
  const marks: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
  return text.replaceAll(/\\(.)/gs, (_, mark: string) => marks[mark] ?? mark);
}

describe("whatever a value holds, it stays one value", () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', "'", "\\", "{", "}", "$", "job", "|", ".", "*", "\n", "#", "`") }),
  );
  const value = hostile.filter((text) => text !== "");

  it("in a string", () => {
    fc.assert(
      fc.property(value, (job) => {
        const [, inside = "", rest] =
          /^up\{job="((?:[^"\\]|\\.)*)"(.*)$/s.exec(filled('up{job="$job"}', { given: { job } })) ?? [];
        expect(rest).toBe("}");
        expect(unquoted(inside)).toBe(job);
      }),
    );
  });

  it("in a pattern, where it matches itself and nothing else", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), value, (job, other) => {
        const query = filled('up{job=~"$job"}', { given: { job } });
        const [, inside = ""] = /^up\{job=~"((?:[^"\\]|\\.)*)"\}$/s.exec(query) ?? [];
        const pattern = new RegExp(`^(?:${unquoted(inside)})$`, "s");
        for (const one of job) expect(pattern.test(one)).toBe(true);
        expect(pattern.test(other)).toBe(job.includes(other));
      }),
    );
  });

  it("in a label of an arm", () => {
    fc.assert(
      fc.property(value, (version) => {
        const arm: Arm = { name: "candidate", variables: { version } };
        const query = fill("up{$arm}", filling(), arm, 1);
        const [, inside = ""] = /^up\{version="((?:[^"\\]|\\.)*)"\}$/s.exec(query) ?? [];
        expect(unquoted(inside)).toBe(version);
      }),
    );
  });

  it("and no template ends in anything but a query or a UserError", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("$", "{", "}", "job", "arm", "window", '"', "`", "\\", "=", "~", ",", "#"),
        }),
        (template) => {
          try {
            expect(typeof filled(template)).toBe("string");
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
