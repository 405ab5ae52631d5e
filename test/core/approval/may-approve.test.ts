import { describe, expect, it } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { type Asked, anyWriter, askedOf } from "../../../core/approval/asked.ts";
import { drivingOwners } from "../../../core/approval/driving-files.ts";
import {
  isPermitted,
  type Membership,
  mayApprove,
  mightApprove,
  type Person,
} from "../../../core/approval/may-approve.ts";
import { whoMayApprove } from "../../../core/approval/who-may.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { PolicyBundle } from "../../../core/policy/schema.ts";

const named = (more: Partial<Asked>): Asked => ({ ...anyWriter, roles: [], ...more });
const captains = named({ teams: ["acme/captains"] });
const person = (more: Partial<Person> = {}, membership?: Membership): Person => ({
  login: "Rita",
  isPerson: true,
  role: "write",
  teams: new Map(membership ? [["acme/captains", membership]] : []),
  ...more,
});
const strangers = { authors: new Set(["ada"]), unknown: [] };

describe("who may approve", () => {
  it.each<[string, Person, Asked[], string]>([
    ["whoever can write, where nobody is named", person(), [anyWriter], "may"],
    ["nobody with a custom role", person({ role: "release-captain" }), [anyWriter], "no-permission"],
    ["nobody who only reads", person({ role: "read" }), [anyWriter], "no-permission"],
    ["nobody whose role is unknown", person({ role: null }), [anyWriter], "permission-unknown"],
    ["no bot", person({ isPerson: false }), [anyWriter], "not-a-person"],
    ["nobody, where nothing says who", person(), [], "not-an-approver"],
    ["the role that is asked for", person({ role: "admin" }), [named({ roles: ["admin"] })], "may"],
    ["and not a lower one", person(), [named({ roles: ["admin"] })], "no-permission"],
    ["a person by name, however it is spelt", person(), [named({ users: ["rita"] })], "may"],
    [
      "one by name who cannot write any more",
      person({ role: "read" }),
      [named({ users: ["rita"] })],
      "no-permission",
    ],
    ["nobody else", person(), [named({ users: ["ben"] })], "not-an-approver"],
    ["a member of the team", person({}, "member"), [captains], "may"],
    ["nobody else than its members", person({}, "not-member"), [captains], "not-an-approver"],
    ["nobody of whom that is unknown", person({}, "unknown"), [captains], "membership-unknown"],
    ["nobody who was not asked about", person(), [captains], "membership-unknown"],
    ["a person whom every service accepts", person({}, "member"), [captains, anyWriter], "may"],
    [
      "and not one whom only some accept",
      person({}, "member"),
      [captains, named({ users: ["ben"] })],
      "not-an-approver",
    ],
    [
      "one by name, though a team is unknown",
      person({}, "unknown"),
      [{ ...captains, users: ["rita"] }],
      "may",
    ],
  ])("%s", (_, who, asked, expected) => {
    const verdict = mayApprove(who, strangers, asked);
    expect(verdict.may ? "may" : verdict.reason).toBe(expected);
    if (!verdict.may && asked.length > 0) expect(verdict.sentence).toContain(whoMayApprove(asked));
  });

  it("never who had a hand in the change, and nobody where that is unknown", () => {
    const author = { authors: new Set(["rita"]), unknown: [] };
    const unknown = { authors: new Set<string>(), unknown: ["me@laptop.local in abc1234"] };
    expect(mayApprove(person(), author, [anyWriter])).toMatchObject({
      may: false,
      reason: "actor-is-author",
    });
    expect(mayApprove(person(), unknown, [anyWriter])).toMatchObject({
      may: false,
      reason: "authors-unknown",
    });
    expect(isPermitted(person(), [anyWriter])).toEqual({ may: true });
  });

  it("is guessed before anything is asked", () => {
    expect(mightApprove("Rita", [anyWriter], false)).toBe(true);
    expect(mightApprove("rita", [captains], false)).toBe(false);
    expect(mightApprove("rita", [captains], true)).toBe(true);
    expect(mightApprove("Rita", [named({ users: ["rita"] }), captains], false)).toBe(false);
  });
});

type Approvers = NonNullable<NonNullable<PolicyBundle["thresholds"]["defaults"]["approval"]>["approvers"]>;

describe("whom policy asks", () => {
  const asked = (approvers: Approvers, owners: string[] = []) => {
    const thresholds = { "schema-version": 1 as const, defaults: { approval: { from: 0, approvers } } };
    const policy = { ...shippedBundle("default"), thresholds };
    const facts = {
      schema_version: 1 as const,
      change: { repository: "acme/shop" },
      service: { name: "shop", environment: "production" },
    };
    return askedOf(decide(facts, policy), policy, owners)[0];
  };

  it.each<[string, Approvers, string[], string]>([
    ["anyone who can write", {}, [], "people with write, maintain or admin permission"],
    ["one role", { permissions: ["admin"] }, [], "people with admin permission"],
    ["people", { users: ["@Ana", "ben"], count: 2 }, [], "2 of: @ana, @ben"],
    ["a team of its own", { teams: ["Captains"] }, [], "members of acme/captains"],
    [
      "owners and their teams, no addresses",
      { codeowners: true },
      ["@Ana", "@acme/pay", "x@acme.example"],
      "@ana, members of acme/pay",
    ],
    [
      "owners, where there are none",
      { codeowners: true },
      [],
      "nobody, because policy names code owners and there are none",
    ],
    ["nine people, a few by name", { users: [..."abcdefghi"] }, [], "@a, @b, @c, @d, @e, @f, @g, @h, 1 more"],
  ])("%s", (_, approvers, owners, words) => {
    const one = asked(approvers, owners);
    expect(one && whoMayApprove([one])).toBe(words);
  });

  it("of several services, each by its own words", () => {
    const one = { ...anyWriter, service: "api" };
    const other = named({ service: "pay", users: ["ana"] });
    expect(whoMayApprove([one, { ...one, service: "web" }])).toBe(whoMayApprove([one]));
    expect(whoMayApprove([one, other])).toContain("for pay @ana");
  });
});

describe("owners of the files that drive the score", () => {
  const file = (path: string) => ({ path, status: "modified" as const, additions: 5, deletions: 1 });
  const owners = "/src/ @ana\npackage-lock.json @ben\n";
  it("are those of counted lines; of all files, where none counts", () => {
    expect(drivingOwners(owners, [file("src/a.ts"), file("package-lock.json")], {})).toEqual(["@ana"]);
    expect(drivingOwners(owners, [file("package-lock.json")], {})).toEqual(["@ben"]);
    expect(drivingOwners(undefined, [file("src/a.ts")], {})).toEqual([]);
  });
});
