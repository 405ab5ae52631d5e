import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probe } from "../../adapters/telemetry/probe.ts";
import type { PrometheusConfig } from "../../adapters/telemetry/prometheus-config.ts";
import { startProxy } from "../adapters/telemetry/proxy.ts";
import { answer, startStore, success } from "../adapters/telemetry/store.ts";
import { asked } from "../contracts/telemetry.ts";
import { makeCertificates } from "./certificates.ts";

/** TLS with certificates of an authority of our own, which openssl makes. */

let folder: string;
let store: Awaited<ReturnType<typeof startStore>>;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "telemetry-tls-"));
  makeCertificates(folder);
  store = await startStore((_, response) => answer(response, success("matrix", [])), {
    key: await readFile(file("server.key")),
    cert: await readFile(file("server.pem")),
    ca: await readFile(file("authority.pem")),
    requestCert: true,
    rejectUnauthorized: true,
  });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const question = asked("requests", 2);
const ours = () => ({
  authorityFile: file("authority.pem"),
  certificateFile: file("client.pem"),
  keyFile: file("client.key"),
});
const read = (config: Partial<PrometheusConfig>) => store.open({ retries: 0, ...config }).read(question);

describe("a store that shows a certificate and asks for ours", () => {
  it("answers who has both", async () => {
    expect(await read(ours())).toMatchObject({ values: [null, null] });
  });

  it("is not believed without its authority, or with another", async () => {
    const { authorityFile: _, ...publicOnly } = ours();
    for (const config of [publicOnly, { ...ours(), authorityFile: file("stranger.pem") }]) {
      await expect(read(config)).rejects.toMatchObject({ reasonCode: "telemetry-certificate" });
    }
  });

  it("answers nobody without a certificate, or with one of a stranger", async () => {
    const { authorityFile } = ours();
    const stranger = { certificateFile: file("stranger.pem"), keyFile: file("stranger.key") };
    for (const config of [{ authorityFile }, { authorityFile, ...stranger }]) {
      await expect(read(config)).rejects.toMatchObject({
        reasonCode: expect.stringMatching(/^telemetry-(certificate|unreachable)$/),
      });
    }
  });

  it("is reached through a proxy, which sees where to and no more", async () => {
    const proxy = await startProxy();
    expect(await read({ ...ours(), proxy: `http://${proxy.host}`, bearer: "secret" })).toMatchObject({
      values: [null, null],
    });
    expect(proxy.tunnels).toEqual([{ to: store.url.replace("https://", ""), authorization: undefined }]);
    expect(store.asked.at(-1)?.headers.authorization).toBe("Bearer secret");
    await proxy.close();
  });
});

describe("a probe", () => {
  it("believes the authority that it is given, and no stranger", async () => {
    const open = await startStore((_, response) => response.end("ready") && undefined, {
      key: await readFile(file("server.key")),
      cert: await readFile(file("server.pem")),
    });
    const probes = [{ name: "ready", url: `${open.url}/health/ready` }];
    const quick = { timeoutSeconds: 1, pauseSeconds: 1 };
    const [good] = await probe(probes, { ...quick, authorityFile: file("authority.pem") });
    const [bad] = await probe(probes, quick);
    await open.close();
    expect(good).toMatchObject({ ok: true, status: 200 });
    expect(bad).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/cannot be reached \(.*(VERIFY|CERT)/),
    });
  });
});
