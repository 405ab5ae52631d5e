import * as z from "zod";
import { permitted, type Route } from "./route.ts";

const policyAnswer = z.strictObject({
  version: z.strictObject({
    name: z.string(),
    hash: z.string().describe("The same for every bundle that means the same."),
    commit: z.string(),
    repository: z.string().optional().describe("The organisation's .github, where its policy speaks."),
  }),
  documents: z.record(z.string(), z.unknown()).describe("The files of the bundle by name, parsed."),
});

export const policyRoute: Route = {
  method: "GET",
  path: "/v1/policies/{owner}/{repo}",
  summary: "The bundle that speaks for a repository now, with its version.",
  scope: "policies:read",
  status: 200,
  answer: policyAnswer,
  refusals: [404, 422],
  async run(asked) {
    const { owner = "", repo = "" } = asked.parameters;
    await permitted(asked, `${owner}/${repo}`);
    const { version, documents } = await asked.options.policyOf(owner, repo);
    return { version, documents };
  },
};
