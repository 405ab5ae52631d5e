import { GraphQLError } from "graphql";
import type { Token, World } from "../state.ts";

/** A value that GraphQL walks: fields are values or functions of their arguments. A field that is not there is an
 * error, because a silent null would let a client believe that GitHub said so. */
export type Arguments = Record<string, unknown>;
export type Field = (given: Arguments) => unknown;
export type Node = { __typename: string; [field: string]: unknown };

export type Context = { world: World; token: Token | null };

export class GitHubError extends GraphQLError {
  constructor(type: string, message: string) {
    super(message, { extensions: { type } });
  }
}

export const textOf = (given: Arguments, name: string): string | undefined => {
  const value = given[name];
  return typeof value === "string" ? value : undefined;
};
export const numberOf = (given: Arguments, name: string): number | undefined => {
  const value = given[name];
  return typeof value === "number" ? value : undefined;
};
export const textsOf = (given: Arguments, name: string): string[] | undefined => {
  const value = given[name];
  return Array.isArray(value) ? value.map(String) : undefined;
};
export const objectOf = (given: Arguments, name: string): Arguments => {
  const value = given[name];
  return typeof value === "object" && value !== null ? { ...value } : {};
};
export const objectsOf = (given: Arguments, name: string): Arguments[] => {
  const value = given[name];
  return Array.isArray(value) ? value.map((one) => ({ ...one })) : [];
};

const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString("base64");
const indexOf = (cursor: string): number =>
  Number(Buffer.from(cursor, "base64").toString("utf8").split(":")[1]);

/** A connection by GitHub's rules: `first` or `last` is required and at most 100. */
export function connection<Item>(
  typename: string,
  items: readonly Item[],
  given: Arguments,
  node: (item: Item) => unknown,
): Node {
  const first = numberOf(given, "first");
  const last = numberOf(given, "last");
  const after = textOf(given, "after");
  const before = textOf(given, "before");
  const name = typename.replace(/Connection$/, "");
  const size = first ?? last;
  let from = after === undefined ? 0 : indexOf(after) + 1;
  let to = before === undefined ? items.length : indexOf(before);
  if (first !== undefined) to = Math.min(to, from + first);
  else if (last !== undefined) from = Math.max(from, to - last);
  const page = (): Item[] => {
    if (size === undefined)
      throw new GitHubError(
        "MISSING_PAGINATION_BOUNDARIES",
        `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
      );
    if (size > 100)
      throw new GitHubError(
        "EXCESSIVE_PAGINATION",
        `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
      );
    return items.slice(from, to);
  };
  return {
    __typename: typename,
    totalCount: items.length,
    nodes: () => page().map(node),
    edges: () =>
      page().map((item, index) => ({
        __typename: `${name}Edge`,
        cursor: cursorOf(from + index),
        node: () => node(item),
      })),
    pageInfo: () => ({
      __typename: "PageInfo",
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: to > from ? cursorOf(from) : null,
      endCursor: to > from ? cursorOf(to - 1) : null,
    }),
  };
}
