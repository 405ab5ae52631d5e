import { type Asked, writingRoles } from "./asked.ts";
import { whoMayApprove } from "./who-may.ts";

/** Answers to "may this person approve this change now?". Whatever is not known is a refusal. */
export const personRefusals = [
  "not-a-person",
  "actor-is-author",
  "authors-unknown",
  "permission-unknown",
  "membership-unknown",
  "no-permission",
  "not-an-approver",
] as const;
export type PersonRefusal = (typeof personRefusals)[number];

export type Membership = "member" | "not-member" | "unknown";

/** What GitHub says of a person at the moment. */
export type Person = {
  login: string;
  isPerson: boolean;
  /** Role in the repository; null where GitHub does not say. */
  role: string | null;
  /** By "org/team" in lower case; a team that is missing was not asked. */
  teams: ReadonlyMap<string, Membership>;
};

/** Who had a hand in the change: author of the pull request, authors, co-authors and committers of its commits. */
export type Hands = {
  /** Logins in lower case. */
  authors: ReadonlySet<string>;
  /** Addresses in the commits that belong to no account: they could be anybody's. */
  unknown: readonly string[];
};

export type MayApprove = { may: true } | { may: false; reason: PersonRefusal; sentence: string };

export function mayApprove(person: Person, hands: Hands, asked: readonly Asked[]): MayApprove {
  const { login } = person;
  const permitted = isPermitted(person, asked);
  if (!permitted.may) return permitted;
  if (hands.authors.has(login.toLowerCase())) {
    return refusal(
      "actor-is-author",
      `${login} had a hand in the change. Somebody else must approve it.`,
      asked,
    );
  }
  if (hands.unknown.length > 0) {
    const names = hands.unknown.slice(0, 3).join(", ");
    const sentence = `It cannot be told that ${login} did not write the change: ${names} belongs to no account.`;
    return { may: false, reason: "authors-unknown", sentence };
  }
  return { may: true };
}

/** The same without the question who wrote the change: enough to take an approval back. */
export function isPermitted(person: Person, asked: readonly Asked[]): MayApprove {
  const { login, role } = person;
  if (!person.isPerson) {
    return refusal("not-a-person", `${login} is no person, and only people approve.`, asked);
  }
  if (role === null) {
    return refusal(
      "permission-unknown",
      `GitHub does not say which role ${login} has in the repository.`,
      asked,
    );
  }
  const unmet = asked.find((one) => !accepts(one, person));
  if (unmet === undefined && asked.length > 0) return { may: true };
  if (!canWrite(role)) {
    return refusal(
      "no-permission",
      `${login} has the role ${role} in the repository and may not write.`,
      asked,
    );
  }
  const unasked = unmet?.teams.filter((team) => (person.teams.get(team) ?? "unknown") === "unknown") ?? [];
  if (unasked.length > 0) {
    const named = unasked.slice(0, 3).join(", ");
    return refusal("membership-unknown", `Whether ${login} is in ${named} cannot be found out.`, asked);
  }
  const reason = unmet?.roles.length ? "no-permission" : "not-an-approver";
  const place = unmet ? ` of ${unmet.service}` : "";
  return refusal(reason, `${login}, with the role ${role}, is no approver${place}.`, asked);
}

/** Whoever is named has to be able to write as well, as GitHub asks of code owners. */
function accepts({ roles, users, teams }: Asked, { login, role, teams: memberships }: Person): boolean {
  if (roles.some((one) => one === role)) return true;
  if (!canWrite(role)) return false;
  return users.includes(login.toLowerCase()) || teams.some((team) => memberships.get(team) === "member");
}

function canWrite(role: string | null): boolean {
  return writingRoles.some((one) => one === role);
}

function refusal(reason: PersonRefusal, what: string, asked: readonly Asked[]): MayApprove {
  const who = asked.length ? ` Who may: ${whoMayApprove(asked)}.` : "";
  return { may: false, reason, sentence: `${what}${who}` };
}

/** Whether policy could accept this login at all, before anything is asked of GitHub. */
export function mightApprove(login: string, asked: readonly Asked[], canAskTeams: boolean): boolean {
  return asked.every(
    ({ roles, users, teams }) =>
      roles.length > 0 || users.includes(login.toLowerCase()) || (canAskTeams && teams.length > 0),
  );
}
