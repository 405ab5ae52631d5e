import type { Person } from "./fast-import.ts";

/** Invented people of an invented company. */
export const people = {
  maria: { name: "Maria Okafor", email: "maria@acme.example" },
  ben: { name: "Ben Larsson", email: "ben@acme.example" },
  chidi: { name: "Chidi Anand", email: "chidi@acme.example" },
  aiko: { name: "Aiko Brandt", email: "aiko@acme.example" },
  "dependabot[bot]": {
    name: "dependabot[bot]",
    email: "49699333+dependabot[bot]@users.noreply.github.com",
  },
} satisfies Record<string, Person>;

export type Login = keyof typeof people;

export const collaborators = { maria: "admin", ben: "maintain", chidi: "write", aiko: "write" } as const;
