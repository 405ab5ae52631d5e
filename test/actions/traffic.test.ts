import { afterEach, expect, test } from "vitest";
import { type Behaviour, startPrometheus } from "../app/analysis/prometheus.ts";
import { commanded, repositoryWithChange } from "../cli/command.ts";
import type { Files } from "../emulated/small-repository.ts";
import { decideOn, decisionOf, type Shop, startShop } from "./shop.ts";

/** What `decide` reads of telemetry, as an Action and on the command line. */
let shop: Shop | undefined;
let store: Awaited<ReturnType<typeof startPrometheus>> | undefined;
afterEach(async () => {
  await shop?.close();
  await store?.close();
});

const folder = ".github/adaptive-deploy";
const spent: Behaviour = () => ({ total: 90_000, bad: 180 });
const whole: Behaviour = () => ({ total: 90_000, bad: 0 });

/** A repository whose default branch names the store, and asks for an error budget. */
const files = (url: string, mode: string): Record<string, string> => ({
  ".github/adaptive-deploy.yml": `schema-version: 1
telemetry: { kind: prometheus, url: "${url}", auth: { bearer-from: TELEMETRY_TOKEN } }
`,
  [`${folder}/thresholds-and-windows.yaml`]: `schema-version: 1
defaults:
  mode: ${mode}
  error-budget: { minimum-percent: 5, below: block }
  peak: { during: approve }
`,
  [`${folder}/calendar.yaml`]: `schema-version: 1
time-zone: UTC
peak-hours: [{ days: [mon], from: "08:00", to: "09:00" }]
`,
  [`${folder}/services.yaml`]: `schema-version: 1
services:
  - name: payments
    paths: ["src/**"]
    telemetry:
      metrics:
        error-rate:
          kind: ratio
          supplies: [canary.error_rate]
          total: sum(increase(http_requests_total{$arm}[$window]))
          bad: sum(increase(http_requests_total{code=~"5..",$arm}[$window]))
`,
});

async function decided(behaviour: Behaviour, mode: string, more: { secret?: string; head?: Files } = {}) {
  store = await startPrometheus(behaviour);
  shop = await startShop(files(store.url, mode));
  shop.branch("change", { "src/pay.ts": "export const pay = 2;\n", ...more.head });
  const number = await shop.open("change");
  const secret = more.secret ?? "hush";
  const payload = await shop.pullRequest(number);
  const ended = await decideOn(shop, "pull_request", payload, {
    environment: secret ? { TELEMETRY_TOKEN: secret } : {},
  });
  const { decision } = decisionOf(ended);
  const facts = JSON.parse(ended.documents.get("risk-inputs-for-decision.json") ?? "{}");
  const gate = decision.gates.find(({ name }) => name === "error-budget");
  return { ended, decision, facts, gate, asked: store.state.asked };
}

test("the Action reads traffic and error budget, and believes one that is spent from whoever asks", async () => {
  const { facts, gate, asked, ended } = await decided(spent, "enforced");
  expect(facts.context).toMatchObject({ requests_per_second: 300, error_budget_left_percent: -100 });
  // A pull request may edit the workflow that asks.
  expect(facts.sources.context).toEqual({ from: "telemetry", trusted: false });
  expect(gate).toMatchObject({ verdict: "block", reason_code: "error-budget-spent" });
  expect(asked.map(({ authorization }) => authorization)).toEqual(Array(3).fill("Bearer hush"));
  expect(JSON.stringify([...ended.documents, ended.summary, ended.warnings])).not.toContain("hush");
});

test("an untrusted run's good budget opens no gate where policy is enforced, and what the calendar says stays", async () => {
  const { decision, gate } = await decided(whole, "enforced");
  expect(gate).toBeUndefined();
  expect(decision.unknowns).toContainEqual({ name: "error-budget", worst: 0 });
  expect(decision.gates.find(({ name }) => name === "peak-hours")).toMatchObject({ verdict: "pass" });
});

test("advice believes it", async () => {
  const { gate } = await decided(whole, "advisory");
  expect(gate).toMatchObject({ verdict: "pass" });
});

test("a head cannot have the secret sent elsewhere", async () => {
  const elsewhere = await startPrometheus(whole);
  try {
    const head = files(elsewhere.url, "advisory");
    const { asked } = await decided(spent, "advisory", { head });
    expect(asked).toHaveLength(3);
    expect(elsewhere.state.asked).toEqual([]);
  } finally {
    await elsewhere.close();
  }
});

test("without its secret, as in a fork, the decision is made with a warning and without the numbers", async () => {
  const { facts, ended, decision } = await decided(spent, "advisory", { secret: "" });
  expect(facts.context.error_budget_left_percent).toBeUndefined();
  expect(facts.context.requests_per_second).toBeUndefined();
  expect(ended.warnings.join()).toMatch(/payments are unknown: .*TELEMETRY_TOKEN/);
  expect(decision.unknowns).toContainEqual({ name: "error-budget", worst: 0 });
});

test("the command line reads them of the base as well", async () => {
  store = await startPrometheus(spent);
  const url = store.url;
  const text = files(url, "advisory");
  const configuration = text[".github/adaptive-deploy.yml"]?.replace(
    ", auth: { bearer-from: TELEMETRY_TOKEN }",
    "",
  );
  const checkout = repositoryWithChange({ ...text, ".github/adaptive-deploy.yml": configuration ?? "" });
  try {
    const { out } = await commanded(["decide", "--json"], checkout.folder);
    const { gates } = JSON.parse(out);
    expect(gates).toContainEqual(expect.objectContaining({ name: "error-budget", verdict: "block" }));
    store.state.status = 500;
    const { out: other, note } = await commanded(["decide", "--json"], checkout.folder);
    expect(JSON.parse(other).unknowns).toContainEqual({ name: "error-budget", worst: 0 });
    expect(note).toMatch(/payments are unknown/);
  } finally {
    checkout.dispose();
  }
});
