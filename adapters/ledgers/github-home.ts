import type * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { GitHubClient } from "../github/client.ts";
import { ledgerFault } from "./github-fault.ts";

/** A repository on GitHub that holds a ledger, asked through one client. */
export type Home = {
  owner: string;
  name: string;
  query<Shape extends z.ZodType>(
    text: string,
    variables: Record<string, unknown>,
    answer: Shape,
  ): Promise<z.infer<Shape>>;
  /** As `query`, but a failure is thrown as it came, for a caller who must find out what became of the writing. */
  mutate<Shape extends z.ZodType>(
    text: string,
    variables: Record<string, unknown>,
    answer: Shape,
  ): Promise<z.infer<Shape>>;
  rest<Shape extends z.ZodType>(
    route: string,
    parameters: Record<string, unknown>,
    answer: Shape,
  ): Promise<z.infer<Shape>>;
  fault(error: unknown, writing: boolean): UserError;
};

export function homeOn(client: GitHubClient, repository: string): Home {
  const [owner, name, ...more] = repository.split("/");
  if (!owner || !name || more.length > 0) {
    throw new UserError(
      "bad-repository",
      `${JSON.stringify(repository)} is no repository: write it as owner/name.`,
    );
  }
  const fault = (error: unknown, writing: boolean) => ledgerFault(error, { repository, writing });
  const parsed = <Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> => {
    const result = shape.safeParse(value);
    if (result.success) return result.data;
    const problem = result.error.issues[0];
    throw new UserError(
      "ledger-unavailable",
      `GitHub's answer about the ledger in ${repository} lacks ${problem?.path.map(String).join(".") || "everything"}. ` +
        "Run the step again; if it stays so, a proxy may answer in GitHub's place.",
      exitCodes.unavailable,
    );
  };
  return {
    owner,
    name,
    fault,
    query: async (text, variables, answer) => {
      const data = await client.graphql(text, { owner, name, ...variables }).catch((error) => {
        throw fault(error, false);
      });
      return parsed(answer, data);
    },
    mutate: async (text, variables, answer) => parsed(answer, await client.graphql(text, variables)),
    rest: async (route, parameters, answer) => {
      const { data } = await client.request(route, { owner, repo: name, ...parameters });
      return parsed(answer, data);
    },
  };
}
