import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approvalsIn, commandsIn } from "../../../core/commands/parse.ts";
import { usages } from "../../../core/commands/usage.ts";

const head = "a".repeat(40);
const numbered = "0123456789".repeat(4);

describe("the commands of a comment", () => {
  const cases: [body: string, found: unknown[]][] = [
    [`/approve-risk ${head} tried it`, [{ kind: "approve-risk", sha: head, reason: "tried it" }]],
    ["/approve-risk tried it", [{ kind: "approve-risk", reason: "tried it" }]],
    [
      `hello\r\n/approve-risk ${head.toUpperCase()} tried it\r\nbye`,
      [{ kind: "approve-risk", sha: head, reason: "tried it" }],
    ],
    [
      `/approve-risk ${"0".repeat(64)} sha-256`,
      [{ kind: "approve-risk", sha: "0".repeat(64), reason: "sha-256" }],
    ],
    [
      `/approve-risk ${head} environment=staging tried it`,
      [{ kind: "approve-risk", sha: head, environment: "staging", reason: "tried it" }],
    ],
    [
      "/approve-risk environment=eu tried it\t",
      [{ kind: "approve-risk", environment: "eu", reason: "tried it" }],
    ],
    [
      `/approve-risk ${head} one\n/approve-risk ${head} environment=eu two`,
      [
        { kind: "approve-risk", sha: head, reason: "one" },
        { kind: "approve-risk", sha: head, environment: "eu", reason: "two" },
      ],
    ],
    ["/approve-risk decade-old code", [{ kind: "approve-risk", reason: "decade-old code" }]],
    ["/approve-risk defaced page is mended", [{ kind: "approve-risk", reason: "defaced page is mended" }]],
    ["/revoke-approval", [{ kind: "revoke-approval" }]],
    ["/revoke-approval it broke staging", [{ kind: "revoke-approval", reason: "it broke staging" }]],
    ["/risk", [{ kind: "risk" }]],
    ["/risk  ", [{ kind: "risk" }]],
    ["/risk is high here", []],
    ["/risk wrong the lock file counts", [{ kind: "risk-wrong", reason: "the lock file counts" }]],
    ["/risk wrongly told", []],
    ["/hold the database is being moved", [{ kind: "hold", reason: "the database is being moved" }]],
    ["/unhold", [{ kind: "unhold" }]],
    ["/help", [{ kind: "help" }]],
    ["/help me", []],
    ["/help\n/risk", [{ kind: "help" }, { kind: "risk" }]],
    ["/rollout", [{ kind: "rollout", word: "status" }]],
    ["/rollout pause", [{ kind: "rollout", word: "pause" }]],
    ["/rollout abort it burns", [{ kind: "rollout", word: "abort", reason: "it burns" }]],
    [
      "/rollout overrule environment=eu service=pay the metric lied",
      [
        {
          ...{ kind: "rollout", word: "overrule", service: "pay", environment: "eu" },
          reason: "the metric lied",
        },
      ],
    ],
    ["/rollout resume service=pay", [{ kind: "rollout", word: "resume", service: "pay" }]],
    ["/rollout went well", []],
    [
      "/rollout quarantine pay production sha256:ab it loses orders",
      [
        {
          ...{ kind: "quarantine", service: "pay", environment: "production", digest: "sha256:ab" },
          reason: "it loses orders",
        },
      ],
    ],
    [
      "/rollback pay production customers cannot pay",
      [{ kind: "rollback", service: "pay", environment: "production", reason: "customers cannot pay" }],
    ],
    ["", []],
    ["/approve", []],
    ["/approved by all", []],
    ["/approve-all now", []],
    ["/holds", []],
    ["/hlep", []],
    ["/lgtm", []],
    ["/", []],
    [" /risk", []],
    ["\t/risk", []],
    ["please /risk", []],
    ["/RISK", []],
    ["\\/risk", []],
  ];
  it.each(cases)("of %j", (body, found) => {
    expect(commandsIn(body)).toEqual(found);
  });

  it.each([
    ["/approve-risk", "approve-risk", "missing-reason"],
    [`/approve-risk ${head}`, "approve-risk", "missing-reason"],
    [`/approve-risk ${head}  `, "approve-risk", "missing-reason"],
    [`/approve-risk ${head} environment=staging`, "approve-risk", "missing-reason"],
    ["/approve-risk environment=staging  ", "approve-risk", "missing-reason"],
    ["/approve-risk .", "approve-risk", "missing-reason"],
    ["/approve-risk \u200b\u2060", "approve-risk", "missing-reason"],
    ["/approve-risk <!-- why -->", "approve-risk", "missing-reason"],
    ["/hold", "hold", "missing-reason"],
    ["/risk wrong", "risk-wrong", "missing-reason"],
    [`/approve-risk ${numbered.slice(0, 7)} fine`, "approve-risk", "short-sha"],
    [`/approve-risk ${head}f fine`, "approve-risk", "short-sha"],
    [`/approve-risk ${head}x fine`, "approve-risk", "short-sha"],
    [`/approve-risk ${head.slice(1)} fine`, "approve-risk", "short-sha"],
    [`/approve-risks ${head} fine`, "approve-risk", "misspelt"],
    ["/approve_risk fine", "approve-risk", "misspelt"],
    ["/aprove-risk fine", "approve-risk", "misspelt"],
    ["/Approve-Risk fine", "approve-risk", "misspelt"],
    ["/revoke-aproval", "revoke-approval", "misspelt"],
    ["/rollout promote", "rollout", "missing-reason"],
    ["/rollout overrule service=pay <reason>", "rollout", "missing-reason"],
    ["/rollout abrot", "rollout", "misspelt"],
    ["/rollout Abort", "rollout", "misspelt"],
    ["/rollout quarantine pay production", "quarantine", "missing-place"],
    ["/rollout quarantine pay production sha256:ab", "quarantine", "missing-reason"],
    ["/rollout quarantine <service> <environment> <digest> why", "quarantine", "missing-reason"],
    ["/rollback", "rollback", "missing-place"],
    ["/rollback pay", "rollback", "missing-place"],
    ["/rollback <service> <environment> why", "rollback", "missing-place"],
    ["/rollback pay production", "rollback", "missing-reason"],
  ] as const)("%j is answered with the remedy", (body, command, problem) => {
    const [found, ...others] = commandsIn(body);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: "incomplete", command, problem });
    expect(found && "sentence" in found ? found.sentence : "").toContain(usages[command]);
  });

  it("are few, and a reason has an end", () => {
    expect(commandsIn("/risk\n".repeat(50))).toHaveLength(10);
    expect(approvalsIn(`/approve-risk ${"why ".repeat(2000)}`)[0]?.reason).toHaveLength(1000);
  });

  it.each([
    ["<!--".repeat(17_000), 0],
    ["`".repeat(70_000), 0],
    ["<pre".repeat(17_000), 0],
    ["> ".repeat(35_000), 0],
    ["1. ".repeat(23_000), 0],
    [`/approve-risk ${"a ".repeat(34_000)}`, 1],
    ["/risk wrong".repeat(6000), 0],
    ["\n".repeat(69_990).concat("/risk"), 1],
  ])("are read at once in a hostile body", (body, count) => {
    const started = performance.now();
    expect(commandsIn(body)).toHaveLength(count);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("what a reader does not see as a command is none", () => {
  it.each([
    ["quoted", "> /risk"],
    ["a quote that goes on without its mark", "> they wrote\n/risk"],
    ["a quote within a list", "- > they wrote\n/risk"],
    ["fenced", "```\n/risk\n```"],
    ["fenced with tildes, and a shorter fence within", "~~~~\n/risk\n~~~\n/risk"],
    ["fenced, where a word follows what looks like the end", "```\n```js\n/risk\n```"],
    ["fenced below a line that only looks like a fence", "``` a ` b\n```\n/risk\n```"],
    ["fenced within a list", "1. ```\n/risk\n"],
    ["fenced behind a fence of a list", "- ```\n  x\n  ```\n```\n/risk\n```"],
    ["fenced behind what only looks like a comment", "`<!--`\n```\n-->\n/risk\n```"],
    ["in an HTML comment", "<!--\n/risk\n-->"],
    ["in an HTML comment that has no end", "<!-- x\n/risk"],
    ["behind an HTML comment in its line", "<!-- x -->/risk"],
    ["in a preformatted block", "<pre>\n/risk\n</pre>"],
    ["in an HTML quote", "<blockquote>\n/risk\n</blockquote>"],
  ])("%s", (_, body) => {
    expect(commandsIn(body)).toEqual([]);
  });

  it.each([
    ["behind a fence", "```\ncode\n```\n/risk"],
    ["behind a quote and a blank line", "> they wrote\n\n/risk"],
    ["behind an HTML comment", "<!-- x -->\n/risk"],
    ["behind code in a line", "as `x` said\n/risk"],
    ["under a heading", "# Now\n/risk"],
  ])("but %s it counts", (_, body) => {
    expect(commandsIn(body)).toEqual([{ kind: "risk" }]);
  });

  const written = fc.constantFrom(
    "/approve-risk fine",
    `/approve-risk ${head} fine`,
    "/hold it",
    "/risk",
    "/help",
  );
  const prose = fc
    .array(fc.constantFrom("word", " ", "\n", "- item", "`code`", "**bold**", "/risk", "#"), {
      maxLength: 12,
    })
    .map((parts) => parts.join("").replaceAll(/^\//gm, "x/"));
  const fence = fc.record({
    indent: fc.constantFrom("", " ", "  ", "   "),
    mark: fc.constantFrom("```", "````", "~~~", "~~~~~"),
    info: fc.constantFrom("", "sh", " diff "),
  });

  it("whatever stands in a fence", () => {
    fc.assert(
      fc.property(fence, prose, written, prose, ({ indent, mark, info }, above, command, below) => {
        const inside = `${above}\n${command}\n${below}`.replaceAll(/[`~]{3,}/g, "");
        const body = `${indent}${mark}${info}\n${inside}\n${indent}${mark}\n`;
        expect(commandsIn(body)).toEqual([]);
      }),
    );
  });

  it("whatever stands in a quote", () => {
    fc.assert(
      fc.property(
        prose,
        written,
        prose,
        fc.constantFrom("> ", ">", "  > ", "- > "),
        (above, command, below, mark) => {
          const body = `${above}\n${command}\n${below}`.replaceAll(/^/gm, mark);
          expect(commandsIn(body)).toEqual([]);
        },
      ),
    );
  });

  it("whatever stands in an HTML comment", () => {
    fc.assert(
      fc.property(prose, written, prose, (above, command, below) => {
        expect(commandsIn(`<!--${above}\n${command}\n${below}-->\n${below}`)).toEqual([]);
      }),
    );
  });
});
