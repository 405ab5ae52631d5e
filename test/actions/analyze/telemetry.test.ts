import { afterEach, expect, it } from "vitest";
import { environmentOfStep, telemetryFor } from "../../../actions/analyze/telemetry.ts";
import type { RepositoryConfiguration } from "../../../core/policy/schema.ts";
import { answer, startStore, success } from "../../adapters/telemetry/store.ts";
import { asked } from "../../contracts/telemetry.ts";

/** Which store hears which secret of a step, over real HTTP on loopback. */

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
async function store() {
  const started = await startStore((_, response) => answer(response, success("matrix", [])));
  closing.push(started.close);
  return started;
}

const step = { TELEMETRY_TOKEN: "of-the-step", TELEMETRY_TENANT: "of-the-tenant" };

async function heard(telemetryToken: string, own: boolean): Promise<{ authorization?: string; all: string }> {
  const configured = await store();
  const other = await store();
  const configuration: RepositoryConfiguration = {
    "schema-version": 1,
    telemetry: {
      kind: "prometheus",
      url: configured.url,
      proxy: "none",
      auth: { "bearer-from": "TELEMETRY_TOKEN" },
      "headers-from": { "X-Tenant": "TELEMETRY_TENANT" },
    },
  };
  const inputs = own ? {} : { telemetryUrl: other.url };
  const open = telemetryFor(
    configuration,
    inputs.telemetryUrl,
    environmentOfStep(step, inputs, telemetryToken),
  );
  await open(10).read(asked("requests", 2));
  const [here, there] = own ? [configured, other] : [other, configured];
  expect(there.asked).toEqual([]);
  const headers = here.asked[0]?.headers ?? {};
  const { authorization } = headers;
  return { ...(authorization === undefined ? {} : { authorization }), all: JSON.stringify(headers) };
}

it("an address of the inputs hears no secret of the step", async () => {
  const { authorization, all } = await heard("", false);
  expect(authorization).toBeUndefined();
  expect(all).not.toMatch(/of-the-step|of-the-tenant/);
});

it("an address of the inputs hears the token of the inputs alone", async () => {
  const { authorization, all } = await heard("of-the-inputs", false);
  expect(authorization).toBe("Bearer of-the-inputs");
  expect(all).not.toMatch(/of-the-step|of-the-tenant/);
});

it.each([
  ["", "of-the-step"],
  ["of-the-inputs", "of-the-inputs"],
])("the configured store hears its own secrets; telemetry-token %j", async (telemetryToken, token) => {
  const { authorization, all } = await heard(telemetryToken, true);
  expect(authorization).toBe(`Bearer ${token}`);
  expect(all).toContain("of-the-tenant");
});
