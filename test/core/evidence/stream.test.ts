import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  branchOf,
  changesStream,
  parseStream,
  requireStream,
  serviceStream,
  streamOfBranch,
} from "../../../core/evidence/stream.ts";

const part = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
  fc
    .string({ minLength: 1, maxLength: 256, unit: "binary" })
    .filter((text) => text.isWellFormed() && text.length <= 256),
  fc.string({
    minLength: 1,
    maxLength: 12,
    unit: fc.constantFrom("a", "A", ".", "-", "/", "%", "+", "~", "lock"),
  }),
  fc.constantFrom(
    "changes",
    "history",
    "con",
    "NUL",
    "nul.txt",
    "com1",
    "a.lock",
    "..",
    ".",
    "@",
    "%63on",
    "a+/+b",
  ),
);
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

describe("the name of a stream", () => {
  it("comes back as the environment and the service that it was made of", () => {
    fc.assert(
      fc.property(part, part, (environment, service) => {
        const stream = serviceStream(environment, service);
        expect(parseStream(stream)).toEqual({ kind: "service", environment, service });
        expect(streamOfBranch(branchOf(stream))).toBe(stream);
      }),
      { numRuns: 2000 },
    );
  });

  it("differs for different names, without regard to case, and no name is a folder of another", () => {
    fc.assert(
      fc.property(fc.tuple(part, part), fc.tuple(part, part), (left, right) => {
        fc.pre(left[0] !== right[0] || left[1] !== right[1]);
        const [one, two] = [serviceStream(...left), serviceStream(...right)];
        expect(one.toLowerCase()).not.toBe(two.toLowerCase());
        expect(one.startsWith(`${two}/`) || two.startsWith(`${one}/`)).toBe(false);
        expect([changesStream, "history"].some((own) => one === own || one.startsWith(`${own}/`))).toBe(
          false,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("is safe for git and for the file systems of Windows, macOS and Linux", () => {
    fc.assert(
      fc.property(part, part, (environment, service) => {
        for (const name of serviceStream(environment, service).split("/")) {
          expect(name).toMatch(/^[a-z0-9_%+.-]+$/);
          expect(name.length).toBeLessThanOrEqual(202);
          expect(name).not.toMatch(/^[.-]|\.\.|\.$|\.lock$/);
          expect(name).not.toMatch(reserved);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["production", "payments-api", "production/payments-api"],
    ["production", "acme.web_2", "production/acme.web_2"],
    ["Production", "payments-API", "%50roduction/payments-%41%50%49"],
    ["prod/eu", "api v2", "prod%2feu/api%20v2"],
    ["changes", "changes", "%63hanges/changes"],
    ["nul.txt", "com1", "%6eul.txt/%63om1"],
    ["..", ".git", "%2e%2e/%2egit"],
    ["a..b", "ref.lock", "a%2e%2eb/ref%2elock"],
    ["žluť", "-rf", "%c5%belu%c5%a5/%2drf"],
  ])("of %s and %s is %s", (environment, service, expected) => {
    expect(serviceStream(environment, service)).toBe(expected);
  });

  it("goes on in a folder below where a part is too long for a file name", () => {
    const stream = serviceStream("x".repeat(200), "É".repeat(100));
    // 100 letters of six characters each: three whole folders and nothing left.
    expect(stream.split("/").map((name) => name.length)).toEqual([200, 201, 202, 201]);
    expect(parseStream(stream)).toMatchObject({ service: "É".repeat(100) });
  });

  it.each(["", "\ud800", "x".repeat(257)])("cannot be made of %j", (name) => {
    expect(() => serviceStream("production", name)).toThrow(/1 to 256 characters/);
    expect(() => serviceStream(name, "api")).toThrow(/1 to 256 characters/);
  });

  it.each([
    "",
    "/",
    "production",
    "production/",
    "history",
    "changes/api",
    "Production/api",
    "production/%61pi",
    "production/%zz",
    "production/%C3%89",
    "production/%ff",
    "production/a+/+b",
    "production/a+b",
    "production/../api",
    "production/api/x",
    "production/con",
    "production/\u0000",
    `production/${"a".repeat(9000)}`,
  ])("is not %j", (stream) => {
    expect(parseStream(stream)).toBeNull();
    expect(() => requireStream(stream)).toThrow(/is no stream of a ledger\. Allowed: changes/);
  });
});
