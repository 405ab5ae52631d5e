import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkoutAt, numbered, plainEnvironment } from "../adapters/git/checkout.ts";
import type { Haproxy } from "./haproxy.ts";

const strategies = `schema-version: 1
strategies:
  canary:
    kind: canary
    steps:
      - { weight: 20, window: 1s, healthy-windows: 1 }
      - { weight: 50, window: 1s, healthy-windows: 1 }
      - { weight: 100, window: 1s, healthy-windows: 1 }
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

const servicesOf = ({ socket, pool }: Haproxy): string => `schema-version: 1
services:
  - name: shop
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

/** A checkout whose service runs behind the HAProxy, with a ledger of files and windows of a second. */
export function repositoryBehind(proxy: Haproxy, telemetryUrl: string): { folder: string; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), "rollout-"));
  execFileSync("git", ["init", "-q", "-b", "main", folder], { env: plainEnvironment });
  const files = {
    ".github/adaptive-deploy.yml": `schema-version: 1
ledger: { home: file, folder: ledger }
telemetry: { kind: prometheus, url: "${telemetryUrl}", retries: 0 }
`,
    ".github/adaptive-deploy/strategy-mapping-policy.yaml": strategies,
    ".github/adaptive-deploy/thresholds-and-windows.yaml": thresholds,
    ".github/adaptive-deploy/services.yaml": servicesOf(proxy),
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
