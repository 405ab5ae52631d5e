import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkoutAt, numbered, plainEnvironment } from "../adapters/git/checkout.ts";
import type { Haproxy } from "./haproxy.ts";

const strategiesOf = (shares: readonly number[]): string => `schema-version: 1
strategies:
  canary:
    kind: canary
    steps:
${shares.map((share) => `      - { weight: ${share}, window: 1s, healthy-windows: 1 }`).join("\n")}
bands:
  - { up-to: 100, strategy: canary }
`;

const thresholds = `schema-version: 1
defaults:
  mode: advisory
  approval: { from: 0, at: start }
  quarantine: { during: block, cooldown: 5m }
  analysis: { window: 1s, healthy-windows: 2, longest: 20s, low-traffic: bake }
  rollout: { bake: 1s, lease: 30s }
`;

type Pools = Record<string, Pick<Haproxy, "socket" | "pool">>;

const servicesOf = (pools: Pools): string => `schema-version: 1
services:
${Object.entries(pools).map(serviceOf).join("")}`;

const serviceOf = ([name, { socket, pool }]: [string, Pools[string]]): string => `  - name: ${name}
    paths: ["**"]
    target:
      kind: haproxy
      socket: ${socket}
      backend: ${pool}
      servers: [{ name: blue }, { name: green }]
    telemetry:
      arms: { both: { version: $version } }
      metrics:
        errors: { kind: ratio, critical: true, total: 'sum(total{$arm})', bad: 'sum(bad{code="500",$arm})' }
`;

const ofFiles = "{ home: file, folder: ledger }";

/** A checkout whose services run each behind its HAProxy, with windows of a second. */
export function repositoryBehind(
  pools: Pools,
  telemetryUrl: string,
  { ledger = ofFiles, shares = [20, 50, 100] } = {},
): { folder: string; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), "rollout-"));
  execFileSync("git", ["init", "-q", "-b", "main", folder], { env: plainEnvironment });
  const files = {
    ".github/adaptive-deploy.yml": `schema-version: 1
ledger: ${ledger}
telemetry: { kind: prometheus, url: "${telemetryUrl}", retries: 0 }
`,
    ".github/adaptive-deploy/strategy-mapping-policy.yaml": strategiesOf(shares),
    ".github/adaptive-deploy/thresholds-and-windows.yaml": thresholds,
    ".github/adaptive-deploy/services.yaml": servicesOf(pools),
    ".gitignore": "ledger\nrollout\ndecision.json\n",
    "a.txt": numbered(3),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const checkout = checkoutAt(folder);
  checkout.git("add", "-A");
  checkout.git("commit", "-q", "-m", "Start");
  checkout.change({ "a.txt": numbered(4) }, { message: "Say more" });
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
