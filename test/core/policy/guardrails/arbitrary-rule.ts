import fc from "fast-check";
import { nameSpec, namesIn } from "../../../../core/policy/guardrails/names.ts";
import type {
  Action,
  Condition,
  Literal,
  Phase,
  Rule,
  Test,
} from "../../../../core/policy/guardrails/tree.ts";

/** Rules as the parser gives them, for property tests. Contradictions are left out by comparing with > and >= only. */

const text = fc.string({ unit: fc.constantFrom(..."ab *?\"\\'#é漢-_/@:"), minLength: 1, maxLength: 8 });
const decimal = (least: number, most: number) =>
  fc.integer({ min: least * 1000, max: most * 1000 }).map((thousandths) => thousandths / 1000);

const numberFor: Record<string, fc.Arbitrary<Literal>> = {
  score: fc.integer({ min: 1, max: 99 }).map((value) => ({ kind: "number", value })),
  count: fc.integer({ min: 0, max: 10_000 }).map((value) => ({ kind: "number", value })),
  share: fc.oneof(
    decimal(0, 0.9).map((value): Literal => ({ kind: "number", value })),
    decimal(0, 99).map((value): Literal => ({ kind: "percent", value })),
  ),
  percent: decimal(1, 99).map((value) => ({ kind: "percent", value })),
  milliseconds: decimal(0, 90_000).map((milliseconds) => ({ kind: "duration", milliseconds })),
  duration: fc
    .integer({ min: 1, max: 9000 })
    .map((seconds) => ({ kind: "duration", milliseconds: seconds * 1000 })),
  days: fc
    .integer({ min: 0, max: 400 })
    .map((days) => ({ kind: "duration", milliseconds: days * 86_400_000 })),
  "per second": decimal(0, 100).map((value) => ({ kind: "number", value })),
  times: decimal(0, 100).map((value) => ({ kind: "number", value })),
};

function testOf(name: string): fc.Arbitrary<Test> {
  const spec = nameSpec(name);
  if (spec === undefined) throw new Error(`${name} is of the registry.`);
  const value = spec.values ? fc.constantFrom(...spec.values) : text;
  if (spec.type === "boolean") {
    const literal = fc.boolean().map((yes): Literal => ({ kind: "boolean", value: yes }));
    return literal.map((one) => ({ kind: "compare", name, operator: "!=", value: one }));
  }
  const matches = text.map((glob): Test => ({ kind: "matches", name, glob }));
  if (spec.type === "list")
    return fc.oneof(
      value.map((one): Test => ({ kind: "holds", name, value: one })),
      matches,
    );
  if (spec.type === "text") {
    return fc.oneof(
      matches,
      fc
        .array(value, { minLength: 1, maxLength: 3 })
        .map((values): Test => ({ kind: "one-of", name, values })),
      value.map(
        (one): Test => ({ kind: "compare", name, operator: "!=", value: { kind: "text", value: one } }),
      ),
    );
  }
  const plain = numberFor[spec.unit ?? "count"] ?? fc.constant<Literal>({ kind: "number", value: 1 });
  const multiple = decimal(0.001, 50).map((times): Literal => ({ kind: "baseline", times }));
  const literal = name.startsWith("canary.") ? fc.oneof(plain, multiple) : plain;
  return fc
    .tuple(literal, fc.constantFrom(">" as const, ">=" as const))
    .map(([one, operator]) => ({ kind: "compare", name, operator, value: one }));
}

export function conditions(phase: Phase): fc.Arbitrary<Condition> {
  const tests = fc.constantFrom(...namesIn(phase)).chain(testOf);
  const seconds = fc.integer({ min: 1, max: 86_400 });
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
    const parts = fc.array(tie("condition"), { minLength: 2, maxLength: 3 });
    return {
      condition: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        tests,
        parts.map((all) => joined("and", all)),
        parts.map((all) => joined("or", all)),
        tie("condition").map((part): Condition => ({ kind: "not", part })),
        phase === "rollout"
          ? fc
              .tuple(tie("condition"), seconds)
              .map(([part, held]): Condition => ({ kind: "for", part: unheld(part), seconds: held }))
          : tests,
      ),
    };
  });
  return condition;
}

export function rules(phase: Phase): fc.Arbitrary<Omit<Rule, "line" | "column">> {
  const plain =
    phase === "decision"
      ? (["block", "require_approval", "allow"] as const)
      : (["slow", "hold", "rollback"] as const);
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.constantFrom(...plain).map((kind): Action => ({ kind })),
    phase === "decision"
      ? fc.constant<Action>({ kind: "force", strategy: "blue-green" })
      : fc.constant<Action>({ kind: "hold" }),
  );
  const message = fc.option(
    text.filter((one) => one.trim() !== ""),
    { nil: undefined },
  );
  return fc
    .tuple(
      text.filter((one) => one.trim() !== ""),
      conditions(phase),
      action,
      message,
    )
    .map(([name, condition, one, said]) => ({
      name,
      condition,
      action: one,
      phase,
      ...(said === undefined ? {} : { message: said }),
    }));
}

function joined(kind: "and" | "or", parts: Condition[]): Condition {
  return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
}

/** Without a `for`, which may not stand inside another. */
function unheld(condition: Condition): Condition {
  if (condition.kind === "for") return unheld(condition.part);
  if (condition.kind === "not") return { kind: "not", part: unheld(condition.part) };
  if (condition.kind === "and" || condition.kind === "or")
    return joined(condition.kind, condition.parts.map(unheld));
  return condition;
}
