import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { priceOf } from "./prices.ts";

test("a piece has its price, and many are cheaper", () => {
  equal(priceOf("tea", 2), 900);
  equal(priceOf("cup", 10), 10_800);
});

test("what is not sold has no price", () => {
  throws(() => priceOf("car", 1), RangeError);
});
