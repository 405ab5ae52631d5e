import { readdirSync, readFileSync } from "node:fs";
import { type Decision, decisionDocument } from "../../../core/decision/shape.ts";

const folder = new URL("../../fixtures/decisions/", import.meta.url);

export const fixtureNames = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length))
  .sort();

export function fixture(name: string): Decision {
  return decisionDocument.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}
