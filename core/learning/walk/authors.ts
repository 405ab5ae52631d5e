import type { ChangeFacts } from "../../change/facts.ts";
import { type Account, personOf } from "./past.ts";

/** What an author did here before. It is used only where policy turns facts of the author on. */
export type AuthorsPast = {
  factsOf(author: Account): NonNullable<ChangeFacts["author"]>;
  apply(author: Account): void;
  entries(): Iterable<[person: string, changes: number]>;
};

export function authorsPast(from: Iterable<readonly [string, number]> = []): AuthorsPast {
  const changes = new Map(from);
  return {
    factsOf(author) {
      const person = personOf(author);
      return person === undefined ? {} : { changes_here: changes.get(person) ?? 0 };
    },
    apply(author) {
      const person = personOf(author);
      if (person !== undefined) changes.set(person, (changes.get(person) ?? 0) + 1);
    },
    entries: () => changes,
  };
}
