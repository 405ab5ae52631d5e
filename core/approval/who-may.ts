import type { Asked } from "./asked.ts";

const mostNamed = 8;

/** Who may approve, for the one who was refused: "@maria, members of acme/payments, people with admin permission". */
export function whoMayApprove(asked: readonly Asked[]): string {
  const different = new Map(asked.map((one) => [wordsOf(one), one.service]));
  if (different.size === 1) return [...different.keys()].join("");
  return [...different].map(([words, service]) => `for ${service} ${words}`).join("; ");
}

function wordsOf({ roles, users, teams, count }: Asked): string {
  const named = [
    ...limited(users.map((user) => `@${user}`)),
    ...limited(teams.map((team) => `members of ${team}`)),
    ...(roles.length ? [`people with ${listed(roles)} permission`] : []),
  ];
  const words = named.length
    ? named.join(", ")
    : "nobody, because policy names code owners and there are none";
  return count > 1 ? `${count} of: ${words}` : words;
}

function limited(names: string[]): string[] {
  const more = names.length - mostNamed;
  return more > 0 ? [...names.slice(0, mostNamed), `${more} more`] : names;
}

function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " or $1");
}
