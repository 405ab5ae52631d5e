import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLTypeResolver,
  parse,
  validate,
} from "graphql";
import * as z from "zod";
import type { Violation } from "../openapi.ts";
import { Refusal } from "../refusal.ts";
import type { Answer } from "../route.ts";
import type { Token, World } from "../state.ts";
import { actorNode } from "./actor.ts";
import { createCommitOnBranch } from "./commit-on-branch.ts";
import type { Arguments, Context, Node } from "./node.ts";
import { createRef, deleteRef, updateRef, updateRefs } from "./ref-mutations.ts";
import { findRepository, repositoryNode } from "./repository.ts";
import { githubSchema } from "./schema.ts";

const requestShape = z.looseObject({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

function queries(context: Context): Node {
  return {
    __typename: "Query",
    repository: (given: Arguments) =>
      repositoryNode(context, findRepository(context, given.owner, given.name)),
    viewer: () => {
      if (context.token?.kind !== "user" && context.token?.kind !== "installation") return null;
      return actorNode(context.world, context.token.user, "User");
    },
    rateLimit: () => ({
      __typename: "RateLimit",
      limit: context.world.limits.requestsPerHour,
      remaining: context.world.limits.requestsPerHour,
      used: 0,
      cost: 1,
      nodeCount: 0,
      resetAt: context.world.now(),
    }),
  };
}

function mutations(context: Context): Node {
  return {
    __typename: "Mutation",
    createCommitOnBranch: (given: Arguments) => createCommitOnBranch(context, given),
    createRef: (given: Arguments) => createRef(context, given),
    updateRef: (given: Arguments) => updateRef(context, given),
    updateRefs: (given: Arguments) => updateRefs(context, given),
    deleteRef: (given: Arguments) => deleteRef(context, given),
  };
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "__typename" in value;
const resolveType: GraphQLTypeResolver<unknown, unknown> = (value) =>
  isNode(value) ? value.__typename : undefined;

function fieldResolver(violations: Violation[]): GraphQLFieldResolver<unknown, unknown, Arguments> {
  return (source, given, _context, info) => {
    if (!isNode(source) || !Object.hasOwn(source, info.fieldName)) {
      const what = `${info.parentType.name}.${info.fieldName} is not emulated`;
      violations.push({ where: "response", operation: "graphql", what });
      throw new GraphQLError(what);
    }
    const field = source[info.fieldName];
    return typeof field === "function" ? field(given) : field;
  };
}

/** GitHub puts the type of an error beside its message. */
function render(result: ExecutionResult): unknown {
  const errors = result.errors?.map((error) => {
    const { type, ...extensions } = error.extensions;
    return {
      ...(type === undefined ? {} : { type }),
      ...(error.path ? { path: error.path } : {}),
      ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
      ...(error.locations ? { locations: error.locations } : {}),
      message: error.message,
    };
  });
  return { ...(result.data === undefined ? {} : { data: result.data }), ...(errors ? { errors } : {}) };
}

export async function serveGraphql(
  front: { world: World; violations: Violation[] },
  token: Token | null,
  body: unknown,
): Promise<Answer> {
  if (!token) throw new Refusal(401, "This endpoint requires you to be authenticated.");
  const request = requestShape.safeParse(body);
  if (!request.success) throw new Refusal(400, "A query attribute must be specified and must be a string.");
  const schema = githubSchema();
  const refuse = (errors: readonly GraphQLError[]): Answer => {
    for (const error of errors)
      front.violations.push({ where: "request", operation: "graphql", what: error.message });
    return { status: 200, body: render({ errors }) };
  };
  try {
    const document = parse(request.data.query);
    const wrong = validate(schema, document);
    if (wrong.length > 0) return refuse(wrong);
    const context: Context = { world: front.world, token };
    const mutates = document.definitions.some((one) => "operation" in one && one.operation === "mutation");
    const result = await execute({
      schema,
      document,
      rootValue: mutates ? mutations(context) : queries(context),
      contextValue: context,
      variableValues: request.data.variables ?? {},
      operationName: request.data.operationName ?? null,
      fieldResolver: fieldResolver(front.violations),
      typeResolver: resolveType,
    });
    // Without data the variables did not fit the schema.
    if (result.data === undefined && result.errors) return refuse(result.errors);
    return { status: 200, body: render(result) };
  } catch (error) {
    if (error instanceof GraphQLError) return refuse([error]);
    throw error;
  }
}
