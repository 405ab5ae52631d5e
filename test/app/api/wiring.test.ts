import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { appConfiguration } from "../../../app/configuration.ts";
import { git } from "../../emulated/small-repository.ts";
import { place, startTestApp, type TestApp } from "../app.ts";
import { privateKey } from "../private-key.ts";
import { claimsOfJob, type Issuer, startIssuer } from "./issuer.ts";

/** The API as the App serves it: its own GitHub, database and ledger behind it. */
const audience = "https://risk.example.com";
const pinned = "octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v1";
let issuer: Issuer;
let app: TestApp;
beforeAll(async () => {
  issuer = await startIssuer();
  const keys = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "secret" };
  const { trustedWorkflows } = await appConfiguration({ ...keys, ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS: pinned });
  app = await startTestApp({
    configuration: {
      oidc: { issuer: issuer.url, audience },
      ...(trustedWorkflows ? { trustedWorkflows } : {}),
    },
  });
});
afterAll(async () => {
  expect(app.github.violations()).toEqual([]);
  await app.close();
  await issuer.close();
});

const ofPull = "acme/shop/.github/workflows/ci.yml@refs/pull/7/merge";
async function call(method: string, path: string, body?: unknown, job = ofPull) {
  const token = await issuer.sign({
    ...claimsOfJob({ issuer: issuer.url, audience, now: new Date() }),
    repository: place,
    repository_id: String(app.github.repository(place).id),
    workflow_ref: ofPull,
    job_workflow_ref: job,
  });
  const response = await fetch(`${app.app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: z.looseObject({}).parse(await response.json()) };
}
const head = (): string => git(app.sample.folder, "rev-parse", app.sample.branches.high);

test("a decision is for the service that was asked for, and stands in its stream", async () => {
  const asked = { repository: place, head: head(), environment: "production" };
  const { status, json } = await call("POST", "/v1/decisions", { ...asked, service: "payments-api" });
  expect([status, json]).toEqual([
    201,
    expect.objectContaining({ services: [expect.objectContaining({ name: "payments-api" })] }),
  ]);
  const stream = await call("GET", "/v1/ledger/acme/shop/production%2Fpayments-api");
  expect(stream.json.events).toMatchObject([{ kind: "decision", body: { decision_id: json.decision_id } }]);
  expect((await call("GET", `/v1/decisions/${json.decision_id}`)).json).toMatchObject({
    decision_id: json.decision_id,
  });
});

test("facts that come with a decision are kept for the next one, whoever else sends some", async () => {
  const unknowns = async (failed?: number, job = pinned) => {
    const facts = failed === undefined ? {} : { facts: { schema_version: 1, tests: { total: 10, failed } } };
    const { status, json } = await call(
      "POST",
      "/v1/decisions",
      { repository: place, head: head(), ...facts },
      job,
    );
    expect(status).toBe(201);
    return json.unknowns;
  };
  const before = await unknowns();
  const given = await unknowns(0);
  expect(given).not.toEqual(before);
  await unknowns(3, ofPull);
  expect(await unknowns()).toEqual(given);
});

test("a commit that GitHub does not know is refused in words of its own", async () => {
  const { status, json } = await call("POST", "/v1/decisions", { repository: place, head: "f".repeat(40) });
  expect([status, json.reason_code]).toEqual([422, "github-refused"]);
  expect(json.detail).not.toMatch(/proxy|could not be reached/);
});

test("a workflow that the operator pinned may write, another of a pull request may not", async () => {
  const body = {
    repository: place,
    stream: "production/shop",
    kind: "outcome",
    body: { outcome: "healthy" },
  };
  expect((await call("POST", "/v1/events", body)).json.reason_code).toBe("workflow-not-pinned");
  expect((await call("POST", "/v1/events", body, pinned)).status).toBe(201);
  expect((await call("POST", "/v1/events", body, `${pinned}-other`)).status).toBe(403);
});

test("the policy that speaks for the repository", async () => {
  const { status, json } = await call("GET", "/v1/policies/acme/shop");
  expect([status, Object.keys(json)]).toEqual([200, ["version", "documents"]]);
});
