import { describe, expect, test } from "vitest";
import { analyzeDeclaration } from "../../actions/analyze/declaration.ts";
import { collectDeclaration } from "../../actions/collect/declaration.ts";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import { flagsOf, readArguments } from "../../cli/arguments.ts";
import { readGlobs } from "../../cli/globs.ts";
import { verbHelp } from "../../cli/help.ts";
import { readInstant } from "../../cli/instant.ts";
import { verbs } from "../../cli/verbs.ts";
import { UserError } from "../../core/errors.ts";
import { adaptiveDeploy, commanded } from "./command.ts";

describe("flags", () => {
  test("are the inputs of the Action but for its token and what needs a workflow", () => {
    const flags = Object.keys(flagsOf(decideDeclaration));
    expect(flags).toEqual(expect.arrayContaining(["policy", "reports", "fail-on", "repo", "json", "now"]));
    expect(flags).not.toContain("github-token");
    expect(flags).not.toContain("comment");
  });

  test.each(Object.entries(verbs))("%s: every flag is explained by its help", (_, { declaration }) => {
    const help = verbHelp(declaration).replaceAll(/\s+/g, " ");
    for (const [name, input] of Object.entries(flagsOf(declaration))) {
      expect(help).toContain(`--${name}`);
      expect(help).toContain(input.description);
      for (const value of (!input.flag && input.allowed) || []) expect(help).toContain(value);
    }
  });

  test("take their value, else what is declared", () => {
    const argument = readArguments(decideDeclaration, ["--environment", "staging", "--json"]);
    expect(argument.value("environment")).toBe("staging");
    expect(argument.value("fail-on")).toBe("blocked");
    expect(argument.given("policy")).toBeUndefined();
    expect([argument.flag("json"), argument.flag("record")]).toEqual([true, false]);
  });

  test.each<[string, string[], RegExp]>([
    ["misspelt", ["--polcy", "x"], /unknown flag --polcy; did you mean --policy\?.*Allowed: --policy/],
    ["without its value", ["--policy"], /--policy/],
    ["with a word behind", ["extra"], /extra/],
    ["a switch with a value", ["--json=yes"], /json/],
    ["with control characters", ["--\u001b[31m"], /unknown flag -- \[31m/],
  ])("%s is refused", (_, words, message) => {
    const error = thrownBy(() => readArguments(decideDeclaration, words));
    expect(error).toMatchObject({ exitCode: 64, reasonCode: "usage" });
    expect(error.message).toMatch(message);
  });

  test("that take one value a line may be given more than once, and no others", () => {
    const words = ["--variables", "a=1", "--variables", "b=2"];
    expect(readArguments(analyzeDeclaration, words).value("variables")).toBe("a=1\nb=2");
    const twice = ["--weight", "5", "--weight", "10"];
    expect(thrownBy(() => readArguments(analyzeDeclaration, twice)).message).toMatch(
      /^analyze: --weight was given 2 times, and takes one value\./,
    );
  });

  test("of another value than those allowed is refused with the list", () => {
    const error = thrownBy(() => readArguments(decideDeclaration, ["--mode", "strict"]).value("mode"));
    expect(error).toMatchObject({ exitCode: 64 });
    expect(error.message).toBe('Input "mode" of decide is "strict". Allowed: shadow, advisory, enforced.');
  });

  test("collect has its own", () => {
    expect(Object.keys(flagsOf(collectDeclaration))).toContain("artifacts");
  });
});

function thrownBy(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test.each([
  ["", []],
  ["a.xml", ["a.xml"]],
  ["a.xml, b/*.xml\nc", ["a.xml", "b/*.xml", "c"]],
  ["reports/{junit,unit}*.xml,coverage/lcov.info", ["reports/{junit,unit}*.xml", "coverage/lcov.info"]],
  ["{a,{b,c}}.xml,d", ["{a,{b,c}}.xml", "d"]],
  ["}a,b", ["}a", "b"]],
  ["{a\nb,c", ["{a", "b", "c"]],
])("globs of %j", (text, globs) => expect(readGlobs(text)).toEqual(globs));

test("an instant is ISO 8601 with its offset, or refused", () => {
  expect(readInstant("now", "2026-01-31T09:30:00+01:00").toISOString()).toBe("2026-01-31T08:30:00.000Z");
  for (const text of ["5", "2026-01-31", "2026-01-31T09:30:00", "31/01/2026", "2026-02-30T00:00:00Z", ""]) {
    expect(
      thrownBy(() => readInstant("since", text)),
      text,
    ).toMatchObject({ exitCode: 64 });
  }
});

describe("without a verb, or with a wrong one", () => {
  test.each([[[]], [["help"]], [["--help"]], [["-h"]]])("%j gives the overview", async (words) => {
    const { code, out } = await commanded(words);
    expect(code).toBe(0);
    for (const verb of Object.keys(verbs)) expect(out).toContain(`  ${verb} `);
  });

  test.each(["--version", "version"])("%s gives the version", (word) => {
    expect(adaptiveDeploy([word])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^adaptive-deploy \d/),
    });
  });

  test.each([
    [["decide", "--help"], "adaptive-deploy decide"],
    [["help", "ledger"], "adaptive-deploy ledger show|verify|export"],
    [["policy", "-h"], "adaptive-deploy policy check|test|impact|propose"],
  ])("%j explains a verb", async (words, beginning) => {
    const { code, out } = await commanded(words);
    expect(code).toBe(0);
    expect(out.startsWith(beginning)).toBe(true);
  });

  test.each([
    [
      ["decdie"],
      /no verb "decdie"; did you mean decide\? Verbs: decide, score, analyze, judge, tune, train, predict, learn, backtest, shadow, rollout, rollback, quarantine, off, collect, policy, ledger\./,
    ],
    [["help", "constructor"], /no verb "constructor"/],
    [["__proto__"], /no verb "__proto__"/],
    [["ledger"], /say one of show, verify, export/],
    [["policy", "chekc"], /say one of check, test, impact, propose/],
    [["policy", "check", "default", "more"], /say one of check, test, impact, propose/],
    [["ledger", "export", "--since", "yesterday", "--folder", "."], /--since is "yesterday"/],
  ])("%j: exit 64 and what is allowed", async (words, message) => {
    const { code, out, note } = await commanded(words);
    expect([code, out]).toEqual([64, ""]);
    expect(note).toMatch(message);
    expect(note).not.toMatch(/\n\s+at /);
  });
});
