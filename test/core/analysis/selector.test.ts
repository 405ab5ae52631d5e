import { expect, test } from "vitest";
import { selectorIn } from "../../../core/analysis/selector.ts";

test.each([
  [
    'sum(increase(http_requests_total{job="shop",version="1"}[60s]))',
    'http_requests_total{job="shop",version="1"}',
  ],
  ['up > 0 and sum by (le) (x{a="}",b=~"c\\"d{"})', 'x{a="}",b=~"c\\"d{"}'],
  ['label_replace(vector(1), "a", "b{c}", "", "") * on() x{d=\'e}\'}', "x{d='e}'}"],
  ["vector(1)", undefined],
  ['x{a="b"', undefined],
])("the first selector of %s", (query, selector) => {
  expect(selectorIn(query)).toBe(selector);
});
