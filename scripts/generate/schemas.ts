import * as z from "zod";
import { changeFacts } from "../../core/change/facts.ts";
import { decisionDocument } from "../../core/decision/shape.ts";
import {
  calendar,
  cases,
  queries,
  repositoryConfiguration,
  riskWeights,
  services,
  strategyMapping,
  thresholdsAndWindows,
} from "../../core/policy/schema.ts";

type Described = { schema: z.ZodType; title: string; description: string };

/** Every document that an editor or another program may want to check, by the name of its schema. */
export const documents: Record<string, Described> = {
  "risk-weights": {
    schema: riskWeights,
    title: "risk-weights.yaml",
    description: "What adds to the risk score of a change.",
  },
  "strategy-mapping-policy": {
    schema: strategyMapping,
    title: "strategy-mapping-policy.yaml",
    description: "From a score to a way of rolling out.",
  },
  "thresholds-and-windows": {
    schema: thresholdsAndWindows,
    title: "thresholds-and-windows.yaml",
    description: "Who is asked when, and what stops a change.",
  },
  calendar: {
    schema: calendar,
    title: "calendar.yaml",
    description: "Change windows, peak hours and freezes in named time zones.",
  },
  services: {
    schema: services,
    title: "services.yaml",
    description: "The services of a repository and the files that belong to each.",
  },
  queries: {
    schema: queries,
    title: "queries.yaml",
    description: "Sets of templates that telemetry is asked with, and what each metric means.",
  },
  cases: {
    schema: cases,
    title: "cases.yaml",
    description: "Changes and the decisions that the policy is expected to give.",
  },
  "adaptive-deploy": {
    schema: repositoryConfiguration,
    title: ".github/adaptive-deploy.yml",
    description: "Where a repository keeps its policy and its ledger.",
  },
  "risk-inputs": {
    schema: changeFacts,
    title: "risk-inputs.json",
    description: "What is known of a change. A field that is absent or null is unknown, which is never zero.",
  },
  "risk-decision": {
    schema: decisionDocument,
    title: "risk-decision.json",
    description:
      "The decision: its canonical body, and beside it who asked, when, and whether it was recorded.",
  },
};

export const schemaFolder = "policies/schema";

/** JSON Schema of a document as it is written, in the draft that most editors read. */
export function schemaText(name: string): string {
  const document = documents[name];
  if (document === undefined) throw new TypeError(`There is no document "${name}".`);
  const { $schema, ...rest } = z.toJSONSchema(document.schema, { io: "input", target: "draft-7" });
  const { title, description } = document;
  return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`;
}

export function schemaFiles(): Map<string, string> {
  return new Map(
    Object.keys(documents).map((name) => [`${schemaFolder}/${name}.schema.json`, schemaText(name)]),
  );
}
