import * as z from "zod";
import type { Watched, Watcher } from "../adapters/github/watcher.ts";
import type { Metrics } from "./metrics.ts";
import type { RateLimit } from "./rate-limits.ts";
import type { Note, Traces } from "./traces.ts";

const headers = z.object({
  "x-ratelimit-remaining": z.coerce.number(),
  "x-ratelimit-reset": z.coerce.number(),
  "x-ratelimit-resource": z.string().default("core"),
});
/** An answer, or an error that holds one; an Octokit calls a connection that broke 500, without an answer. */
const answered = z.union([
  z.object({ status: z.number(), response: z.object({ headers: z.unknown() }) }),
  z.object({ status: z.number(), headers: z.unknown() }),
]);

/** Counts and traces what is asked of GitHub, by the template of its address: what fills it in is nobody's business. */
export function watchGitHub(metrics: Metrics, traces: Traces): Watcher {
  const saw = (asked: Watched, began: number, said: unknown, note: Note): void => {
    const read = answered.safeParse(said);
    const status = read.success ? read.data.status : undefined;
    if (status !== undefined) note({ "http.response.status_code": status });
    const limit = read.success ? limitOf(asked, read.data) : undefined;
    metrics.askedGitHub({
      method: asked.method,
      status: status === undefined ? "none" : `${Math.floor(status / 100)}xx`,
      seconds: (performance.now() - began) / 1000,
      ...(limit ? { limit } : {}),
    });
  };
  return {
    request(asked, act) {
      const template = templateOf(asked.url);
      const attributes = { "http.request.method": asked.method, "url.template": template };
      const send = async (note: Note) => {
        const began = performance.now();
        try {
          const answer = await act();
          saw(asked, began, answer, note);
          return answer;
        } catch (error) {
          saw(asked, began, error, note);
          throw error;
        }
      };
      return traces.span(`${asked.method} ${template}`, send, { kind: "client", attributes });
    },
    waited: metrics.waited,
    limited: metrics.limited,
  };
}

/** Ours are all templates; an address that came filled in is not told. */
function templateOf(url: string): string {
  const [path = ""] = url.split("?", 1);
  if (path.endsWith("/graphql")) return "/graphql";
  return /^\/(app(\/|$)|[a-z]+\/\{)/.test(path) ? path : "other";
}

function limitOf({ installation }: Watched, said: z.infer<typeof answered>): RateLimit | undefined {
  const read = headers.safeParse("response" in said ? said.response.headers : said.headers);
  if (!read.success) return undefined;
  return {
    ...(installation === undefined ? {} : { installation }),
    resource: read.data["x-ratelimit-resource"],
    remaining: read.data["x-ratelimit-remaining"],
    resetsAtMs: read.data["x-ratelimit-reset"] * 1000,
  };
}
