import { expect, test } from "vitest";
import type { MetricVerdict, Verdict } from "../../../../core/analysis/verdict.ts";
import { progressLine } from "../../../../core/render/verdict/progress.ts";
import { verdictFixture } from "./fixtures.ts";

const base = verdictFixture("hold-low-traffic");

function withWindow(name: string, unit: MetricVerdict["unit"], values: (number | null)[]): MetricVerdict {
  const [deciding] = base.metrics;
  if (!deciding) throw new Error("The fixture has no metric.");
  const [candidate = null, baseline = null, effect = null, lower = null, upper = null] = values;
  const window = { window: 4, candidate, baseline, effect, lower, upper, evidence: null };
  return { ...deciding, name, unit, effect: null, windows: [window] };
}

const verdict: Verdict = {
  ...base,
  metrics: [
    withWindow("errors", "share", [0.008, 0.007]),
    withWindow("p95", "seconds", [0.235, 0.228, 3, -3, 9]),
    withWindow("queue", "number", [12, 11]),
    withWindow("cpu", "share", []),
  ],
  healthy_windows: { in_a_row: 3, needed: 5 },
};

test("shares by both values, all else by its shift, in the order of names", () => {
  expect(progressLine(verdict)).toBe(
    "window 4/10, candidate vs baseline: cpu no data, errors 0.8 % vs 0.7 %, p95 +3 % ± 6 %, queue 12 vs 11 · healthy 3/5",
  );
});

test("a window that is not there was not measured, and what was healthy then is not known", () => {
  expect(progressLine(verdict, 3)).toBe(
    "window 3/10, candidate vs baseline: cpu no data, errors no data, p95 no data, queue no data",
  );
});

test("one arm by itself is told as such, and the answer once there is one", () => {
  const metrics = [withWindow("cpu", "share", [null, 0.39])];
  expect(progressLine({ ...verdict, metrics, verdict: "rollback" })).toBe(
    "window 4/10, candidate vs baseline: cpu no data vs 39 % · healthy 3/5 · rollback",
  );
  expect(progressLine({ ...verdict, metrics: [] })).toBe("window 4/10: no data · healthy 3/5");
});

test("what a runner would obey is broken up", () => {
  const metrics = [withWindow("##[error]\u001b[31m\n::set-output", "share", [0.1, 0.1])];
  expect(progressLine({ ...verdict, metrics })).toBe(
    "window 4/10, candidate vs baseline: # #[error] ::set-output 10 % vs 10 % · healthy 3/5",
  );
});

test("what holds is named, and what is waited for where windows are enough", () => {
  const rule = { name: "slo:burn-1h", action: "hold", truth: true, sentence: "It burns." } as const;
  const noted = { name: "late", action: "notify", truth: true, sentence: "Late." } as const;
  const held: Verdict = { ...verdict, metrics: [], reason_code: "guardrail", guardrails: [noted, rule] };
  expect(progressLine(held)).toBe("window 4/10: no data · healthy 3/5 · hold: slo:burn-1h");
  const metrics = [withWindow("latency-p95", "share", [0.2, 0.2])].map((one) => ({
    ...one,
    state: "unsure" as const,
  }));
  const waiting: Verdict = { ...verdict, metrics, healthy_windows: { in_a_row: 24, needed: 5 } };
  expect(progressLine(waiting)).toBe(
    "window 4/10, candidate vs baseline: latency-p95 20 % vs 20 % · healthy 5/5, waits for evidence on latency-p95",
  );
});
