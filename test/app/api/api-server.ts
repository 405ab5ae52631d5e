import { createServer } from "node:http";
import * as z from "zod";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { flaggerGate } from "../../../app/analysis/flagger.ts";
import { type AnalysesAround, analyses } from "../../../app/analysis/index.ts";
import { type ApiOptions, createApi, type DecisionRequest, type Installed } from "../../../app/api/index.ts";
import { enveloped } from "../../../core/decision/envelope.ts";
import { decideMeasured } from "../../../core/decision/from-measured.ts";
import { freshDatabase } from "../../database.ts";
import { type Claims, claimsOfJob, startIssuer } from "./issuer.ts";
import { checkAgainst, servedDocument } from "./served-document.ts";

export const pinnedWorkflow = "octo-org/workflows/.github/workflows/collect.yml@refs/tags/v1";
export const sha = "0123456789abcdef0123456789abcdef01234567";

const installedOn: Installed[] = [
  { name: "octo-org/shop", id: "1001", defaultBranch: "main", installation: 7 },
  { name: "octo-org/till", id: "1002", defaultBranch: "main", installation: 7 },
];

export type Sent = {
  token?: string;
  body?: unknown;
  /** A body as it is, in place of JSON. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
};
export type Received = {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
};
export type ApiServer = Awaited<ReturnType<typeof startApi>>;

/** The API on loopback, with a database in memory, an issuer of tokens, and a clock that the test moves. */
export async function startApi(more: Partial<ApiOptions> = {}, comparing: Partial<AnalysesAround> = {}) {
  const issuer = await startIssuer();
  const database = more.database ?? (await freshDatabase());
  const clock = { now: new Date("2026-03-02T10:00:00.000Z") };
  const told: string[] = [];
  const asked: DecisionRequest[] = [];
  const written: string[] = [];
  const audience = "https://deploy.example.com";
  const around = { database, now: () => clock.now };
  const verdicts = analyses({
    ...around,
    policyOf: async () => ({ policy: shippedBundle("default"), configuration: { "schema-version": 1 } }),
    telemetryOf: () => undefined,
    ledger: (repository) => sqlLedger(database, repository),
    warn: (sentence) => void told.push(sentence),
    ...comparing,
  });
  const api = await createApi({
    database,
    now: () => clock.now,
    issuer: issuer.url,
    audience,
    workflows: [pinnedWorkflow],
    installed: async (name) => installedOn.find((one) => one.name.toLowerCase() === name.toLowerCase()),
    ledger: (repository) => sqlLedger(database, repository),
    written: async ({ name }, stream, events) =>
      void written.push([name, stream, ...events.map(({ kind }) => kind)].join(" ")),
    policyOf: async () => {
      const { name, version, weights, mapping, thresholds } = shippedBundle("default");
      return { version: { name, ...version }, documents: { weights, mapping, thresholds } };
    },
    decide: async (request) => {
      asked.push(request);
      return decided(request, clock.now);
    },
    analyses: verdicts,
    flagger: flaggerGate({ ...around, analyses: verdicts }),
    warn: (sentence) => void told.push(sentence),
    requestsPerMinute: 10_000,
    failuresPerMinute: 10_000,
    ...more,
  });
  const server = createServer((request, response) => {
    void api.handle(request, response).then((answered) => {
      if (!answered) response.writeHead(404, { "x-not": "api" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const check = checkAgainst(servedDocument.parse(await (await fetch(`${url}/v1/openapi.json`)).json()));
  const seen = new Set<string>();

  const call = async (method: string, path: string, sent: Sent = {}): Promise<Received> => {
    const { token, body, raw, headers } = sent;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const json = z.record(z.string(), z.unknown()).parse(await response.json());
    const type = response.headers.get("content-type") ?? "";
    seen.add(check({ method, path, body, status: response.status, type, answer: json }));
    return { status: response.status, headers: response.headers, json };
  };

  return {
    api,
    url,
    issuer,
    database,
    clock,
    told,
    asked,
    written,
    audience,
    seen,
    call,
    jobToken: (claims: Claims = {}) =>
      issuer.sign({ ...claimsOfJob({ issuer: issuer.url, audience, now: clock.now }), ...claims }),
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await issuer.close();
      await database.close();
    },
  };
}

/** The real decision, of what is given and nothing else. */
function decided(request: DecisionRequest, now: Date) {
  const { repository, head, facts, trusted, actor, environment = "production" } = request;
  const measured = { schema_version: 1 as const, change: { kind: "change" as const, repository, head } };
  const given = facts ? [{ facts, from: "file" as const, trusted }] : [];
  const { body } = decideMeasured(measured, given, shippedBundle("default"), { environment, now });
  return enveloped(body, { actor, decidedAt: now.toISOString(), recorded: true });
}
