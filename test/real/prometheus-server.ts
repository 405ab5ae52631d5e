import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

export function startTarget(port: number, bad: number): ChildProcess {
  const script = join(import.meta.dirname, "prometheus-target.ts");
  return spawn(process.execPath, [script, String(port), String(bad)], { stdio: "inherit" });
}

export async function stopped(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill("SIGKILL");
  await once(process, "exit");
}

/** The real Prometheus, scraping each target twice a second under the version that it has. */
export function startPrometheus(targets: readonly { port: number; version: string }[]) {
  const jobs = ["metrics", "native"].map((path) => ({
    job_name: path === "metrics" ? "shop" : "shop-native",
    metrics_path: `/${path}`,
    static_configs: targets.map(({ port, version }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { version },
    })),
  }));
  // JSON is YAML too.
  const settings = { global: { scrape_interval: "500ms", scrape_timeout: "400ms" }, scrape_configs: jobs };
  return prometheusOf(JSON.stringify(settings));
}

/** The real Prometheus with these settings, on a port of its own where none is given. */
export async function prometheusOf(settings: string, given?: number) {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  await writeFile(join(folder, "prometheus.yml"), settings);
  const port = given ?? (await freePort());
  const server = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=native-histograms",
      "--storage.tsdb.retention.time=2d",
      "--log.level=error",
    ],
    { stdio: "inherit" },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    const ready = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (ready?.ok) break;
    await sleep(100);
  }
  return {
    url,
    async stop() {
      await stopped(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
