/** One request as the emulator saw it. Times are milliseconds of one monotonic clock. */
export type RecordedRequest = {
  index: number;
  method: string;
  path: string;
  /** GitHub's OpenAPI name of the operation; "graphql", or "" where no route serves the path. */
  operation: string;
  query: string;
  body: unknown;
  /** Login or App slug behind the token; null without one. */
  actor: string | null;
  userAgent: string;
  status: number;
  started: number;
  /** Infinity while the answer is still to come. */
  ended: number;
};
