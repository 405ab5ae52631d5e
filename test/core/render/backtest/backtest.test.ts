import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localPolicy } from "../../../../adapters/policy/folder.ts";
import { type Backtested, backtested, type Plan } from "../../../../core/backtest/backtest.ts";
import { casesOf } from "../../../../core/backtest/cases.ts";
import { knownThen } from "../../../../core/backtest/known-then.ts";
import { rulesOf } from "../../../../core/backtest/rules.ts";
import { usualBurden } from "../../../../core/backtest/suggest.ts";
import { thresholdsText } from "../../../../core/backtest/thresholds-document.ts";
import type { Dataset } from "../../../../core/learning/sample.ts";
import { learn } from "../../../../core/model/learn.ts";
import { renderBacktestMarkdown } from "../../../../core/render/backtest/markdown.ts";
import { renderBacktestReport } from "../../../../core/render/backtest/report.ts";
import { renderBacktestTerminal } from "../../../../core/render/backtest/terminal.ts";
import { past, start } from "../../backtest/past.ts";
import { hostileText } from "../hostile.ts";
import { proseOf, tablesOf, tokensOf } from "../markdown.ts";

const policy = await localPolicy("default");
const plan: Plan = {
  ...{ rules: rulesOf(policy, "production"), weights: policy.weights },
  ...{ window: {}, quick: true, burden: usualBurden },
};
function backtestOf(dataset: Dataset, more: Partial<Plan> = {}): Backtested {
  const steps = backtested(dataset, { ...plan, ...more });
  let step = steps.next();
  for (; !step.done; step = steps.next());
  return step.value;
}
const yamlOf = ({ suggestions }: Backtested): string => thresholdsText(suggestions, policy.mapping, "rank");

const spoken = (one: Backtested): string => renderBacktestTerminal(one, "").replaceAll(/\s+/gu, " ");

const dataset = past(1200, 2, (index) => ({ services: ["shop"], critical: index % 3 === 0 }));
const found = backtestOf(dataset);

describe("a backtest", () => {
  const { backtest, suggestions } = found;
  const figures = Object.fromEntries(backtest.arms.map(({ arm, figures: own }) => [arm, own]));

  test("finds what fails, and says how sure it is", () => {
    expect(backtest.verdict).toEqual({ word: "better", reason_code: "better-than-all" });
    const { low, value, high } = figures.new?.auc ?? { low: 0, value: 0, high: 0 };
    expect(value).toBeGreaterThan(0.65);
    expect([(low ?? 0) < value, value < (high ?? 0)]).toEqual([true, true]);
    expect(backtest.against.map(({ than, seen }) => [than, seen])).toEqual([
      ["heuristic", false],
      ["lines-added", false],
    ]);
  });

  test("tells critical services apart, and suggests for each service", () => {
    expect(figures.new?.recall_critical_at_20_percent).toBeDefined();
    expect(suggestions.map(({ service }) => service)).toEqual([null, "shop"]);
  });

  test("says more of everything but quickly: what columns are worth, and whether reasons last", () => {
    const { ablation, stability, learnings } = backtestOf(past(1500, 2), { quick: false }).backtest;
    expect(learnings).toHaveLength(5);
    expect(ablation.map(({ name, columns }) => [name, columns])).toEqual([
      ["size", ["la", "ld", "nf"]],
      ["history", ["age"]],
    ]);
    for (const { lost } of ablation) expect(lost.value).toBeGreaterThan(0.02);
    expect(stability?.alike).toHaveLength(4);
    for (const alike of stability?.alike ?? []) expect(alike).toBeGreaterThan(0.5);
  });

  test("equal input gives equal bytes", () => {
    const again = backtestOf(dataset);
    expect(JSON.stringify(again)).toBe(JSON.stringify(found));
    expect(renderBacktestReport(again, yamlOf(again))).toBe(renderBacktestReport(found, yamlOf(found)));
  });

  test("columns that say nothing leave everybody at chance, and nothing is claimed", () => {
    const idle = past(600, 3);
    const nothing = {
      ...idle,
      samples: idle.samples.map((one, index) => ({ ...one, facts: { la: (index * 7) % 11, nd: 1 } })),
    };
    expect(backtestOf({ ...nothing, columns: ["la", "nd"] }).backtest.verdict.word).not.toBe("better");
  });
});

test("a table without lines and points has nothing to be better than, and it is said so", () => {
  const bare = past(500, 5);
  const samples = bare.samples.map((one) => ({ ...one, facts: { age: one.facts.age ?? 0 } }));
  const told = backtestOf({ ...bare, samples, columns: ["age"] });
  expect(told.backtest.arms.map(({ arm }) => arm)).toEqual(["new"]);
  expect(told.backtest.verdict.reason_code).toBe("nothing-to-compare");
  expect(spoken(told)).toMatch(/There is neither an old model nor .* of the time\. /);
  expect(renderBacktestReport(told, yamlOf(told))).toContain("</html>");
});

describe("models that are given", () => {
  const cases = casesOf(dataset);
  const model = learn(knownThen(cases, Number.POSITIVE_INFINITY, dataset.columns).history);
  const last = cases.times.at(-1) ?? 0;

  test("an old one that saw the whole test is said to be flattered", () => {
    const told = backtestOf(dataset, { old: { model, trainedTo: last } });
    expect(told.backtest.given).toEqual([{ arm: "old", trained_to: last, seen_share: 1 }]);
    expect(told.backtest.against.find(({ than }) => than === "old")?.seen).toBe(true);
    expect(spoken(told)).toContain("it has seen 100 % of the tested ones, which flatters it");
  });

  test("one that saw a part is compared on the rest", () => {
    const until = start + 240 * 86_400;
    const told = backtestOf(dataset, { old: { model, trainedTo: until } }).backtest;
    const rest = dataset.samples.filter(({ at }) => at > until).length;
    expect(told.against.find(({ than }) => than === "old")).toMatchObject({ changes: rest, seen: false });
    expect(told.against.find(({ than }) => than === "heuristic")?.changes).toBe(told.tested.changes);
  });

  test("a new one that saw the whole test proves nothing, however well it does", () => {
    const told = backtestOf(dataset, { model: { model, trainedTo: last } });
    expect(told.backtest.verdict).toEqual({ word: "unsure", reason_code: "has-seen-the-test" });
    expect(told.backtest.learnings).toEqual([]);
    expect(renderBacktestMarkdown(told, "")).toContain("proves nothing");
  });

  test("of one whose file says nothing of itself nobody knows", () => {
    const told = backtestOf(dataset, { old: { model, trainedTo: null } });
    expect(told.backtest.given[0]?.seen_share).toBeNull();
    expect(spoken(told)).toContain("its file does not say");
  });
});

describe("what is shown", () => {
  test("a report in one file: no script, nothing from elsewhere, a picture and a table for each question", () => {
    const page = renderBacktestReport(found, yamlOf(found));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|src=|url\(|@import/iu);
    expect(page.match(/<svg /gu)).toHaveLength(5);
    expect(page).toContain(
      "<h1>A model learnt this way tells failures from the rest better than the heuristic",
    );
    expect(page).toContain("      - up-to: ");
    const ids = [...page.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("Markdown for a pull request: short, one table open, the rest folded", () => {
    const text = renderBacktestMarkdown(found, yamlOf(found));
    expect(text.length).toBeLessThan(12_000);
    const [open = ""] = text.split("<details>");
    expect(tablesOf(open)).toHaveLength(1);
    expect(open.length).toBeLessThan(3000);
    expect(text.match(/<details>/gu)?.length).toBe(text.match(/<\/details>/gu)?.length);
  });

  test("below the labels that policy asks for a model stays in shadow, and it is said so at once", () => {
    const young = backtestOf(dataset, { rules: { ...plan.rules, leastLabels: 5000 } });
    for (const text of [renderBacktestMarkdown(young, ""), spoken(young)])
      expect(text).toContain("policy asks for 5,000, and until then a model stays in shadow");
  });

  test("names and titles from outside are data, in every medium", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (title, name, commit) => {
        const hostile: Backtested = structuredClone(found);
        hostile.backtest.examples.missed.forEach((one) => {
          Object.assign(one, { title, commit, by: title });
        });
        hostile.backtest.data.head = commit;
        hostile.backtest.ablation = [
          { name: "other", columns: [name, title], lost: { value: 0.1, low: null, high: null } },
        ];
        for (const column of hostile.backtest.stability?.columns ?? []) column.name = name;
        for (const one of hostile.suggestions) if (one.service !== null) one.service = name;
        const page = renderBacktestReport(hostile, "");
        expect(page).not.toMatch(/<(?:script|img|!--)|onerror=alert\(1\)>/u);
        expect(page.match(/<svg /gu)).toHaveLength(6);
        const text = renderBacktestMarkdown(hostile, "");
        expect(proseOf(text)).not.toMatch(/@octocat|https?:\/\/|www\./u);
        const tags = tokensOf(text).flatMap(({ type, raw }) =>
          type === "html" ? (raw.match(/<[^>]*>/gu) ?? []) : [],
        );
        expect(tags.filter((tag) => !/^<\/?(?:details|summary|sub)>$/u.test(tag))).toEqual([]);
        expect(tags.filter((tag) => tag.includes("details"))).toHaveLength(6);
        expect(tokensOf(text).filter(({ type }) => type === "link" || type === "image")).toEqual([]);
        expect(renderBacktestTerminal(hostile, "").replaceAll("\n", "")).toMatch(/^\P{Cc}*$/u);
      }),
      { numRuns: 60 },
    );
  });
});
