import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openTelemetry } from "../../../adapters/telemetry/index.ts";
import { prometheus } from "../../../adapters/telemetry/prometheus.ts";
import type { PrometheusConfig } from "../../../adapters/telemetry/prometheus-config.ts";
import { proxyOf } from "../../../adapters/telemetry/proxy-of.ts";
import { asked } from "../../contracts/telemetry.ts";
import { startProxy } from "./proxy.ts";
import { answer, startStore, success } from "./store.ts";

/** Who we say that we are, and that nobody else is told. */

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});
async function store(...given: Parameters<typeof startStore>) {
  const started = await startStore(...given);
  closing.push(started.close);
  return started;
}
const kind = () => store((_, response) => answer(response, success("matrix", [])));
const question = asked("requests", 2);
const secret = "a-very-secret-word";
const basic = `Basic ${Buffer.from(`maria:${secret}`).toString("base64")}`;

describe("authentication", () => {
  it.each<[string, Partial<PrometheusConfig>, string]>([
    ["bearer", { bearer: secret }, `Bearer ${secret}`],
    ["basic", { basic: { user: "maria", password: secret } }, basic],
  ])("%s", async (_, config, expected) => {
    const { open, asked: seen } = await kind();
    await open(config).read(question);
    expect(seen[0]?.headers.authorization).toBe(expected);
  });

  it("by a file is read anew for each request, since such tokens are renewed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "telemetry-"));
    closing.push(() => rm(folder, { recursive: true }));
    const bearerFile = join(folder, "token");
    const { open, asked: seen } = await kind();
    const telemetry = open({ bearerFile });
    for (const token of ["first", "second"]) {
      await writeFile(bearerFile, `${token}\n`);
      await telemetry.read(question);
    }
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
    await expect(open({ bearerFile: join(folder, "none") }).read(question)).rejects.toThrow(
      /token file .* cannot be read/,
    );
  });

  it("by the user of the address, which no message shows", async () => {
    const { url, asked: seen } = await store((_, response) => answer(response, "no", 403));
    const address = `${url.replace("http://", `http://maria:${secret}@`)}/prometheus/?extra=${secret}#x`;
    const fault = await prometheus({ url: address, proxy: null })
      .read(question)
      .catch((error: unknown) => error);
    expect(seen[0]).toMatchObject({
      headers: { authorization: basic },
      url: expect.stringMatching(/^\/prometheus\/api\/v1\/query_range\?extra=/),
    });
    expect(String(fault)).toContain(`${url}/prometheus answered 403`);
    expect(String(fault)).not.toContain(secret);
  });

  it("with a line break in its middle is a mistake of ours, not of the store", async () => {
    const { open } = await kind();
    await expect(open({ bearer: `${secret}\nX-Other: 1` }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-configuration",
      message: expect.not.stringContaining(secret),
    });
  });

  it("and the tenant's header go with every request", async () => {
    const { open, asked: seen } = await kind();
    const telemetry = open({ headers: { "X-Scope-OrgID": "payments" } });
    await telemetry.read(question);
    await telemetry.read({ ...question, lastEnd: question.firstEnd });
    await telemetry.retentionSeconds();
    expect(seen.map(({ headers }) => headers["x-scope-orgid"])).toEqual(["payments", "payments", "payments"]);
  });

  it.each([
    ["telemetry.url", { url: "https://u%zz:hidden-word@metrics.example.com" }],
    ["telemetry.url", { url: "https://maria:hidden-word%zz@metrics.example.com" }],
    ["telemetry.proxy, or HTTPS_PROXY", { proxy: "http://u%zz:hidden-word@proxy:3128" }],
    ["telemetry.proxy, or HTTPS_PROXY", { proxy: "http://maria:hidden-word%zz@proxy:3128" }],
  ])("with a bare % in %s is an error that shows nothing of it", (setting, given) => {
    const open = () => prometheus({ url: "https://metrics.example.com", proxy: null, ...given });
    expect(open).toThrow(
      expect.objectContaining({
        reasonCode: "telemetry-configuration",
        message: expect.stringContaining(`The user or the password in ${setting} `),
      }),
    );
    expect(open).not.toThrow(/hidden-word|zz/);
  });

  it("in two ways at once, or half of one, is an error before anything is asked", () => {
    const url = "https://metrics.example.com";
    expect(() => prometheus({ url, bearer: "a", basic: { user: "b", password: "c" } })).toThrow(
      /bearer token, basic authentication\. Keep one/,
    );
    expect(() => prometheus({ url, certificateFile: "c.pem" })).toThrow(/certificate without its key/);
    expect(() => prometheus({ url: "metrics:9090" })).toThrow(/telemetry\.url is not an address/);
    expect(() => prometheus({ url, authorityFile: "/nowhere.pem" })).toThrow(
      /authority file "\/nowhere\.pem"/,
    );
    expect(() => prometheus({ url, proxy: "squid:3128" })).toThrow(
      /telemetry\.proxy, or HTTPS_PROXY, is not an address/,
    );
  });
});

describe("secrets", () => {
  it("stay out of errors and warnings, even where the store says them back", async () => {
    const { open } = await store(({ headers, form }, response) => {
      const said = `${headers.authorization} ${headers["x-key"]} may not do that`;
      if (form.get("query") === "requests") return answer(response, { status: "error", error: said }, 403);
      return answer(response, success("matrix", [], { warnings: [said] }));
    });
    for (const config of [{ bearer: secret }, { basic: { user: "maria", password: secret } }]) {
      const telemetry = open({
        ...config,
        headers: { "X-Scope-OrgID": "1" },
        secretHeaders: { "X-Key": `${secret}2` },
      });
      const fault = String(await telemetry.read(question).catch((error: unknown) => error));
      expect(fault).toMatch(/127\.0\.0\.1.* answered 403 \(\S* ?\*\*\* \*\*\* may not do that\)/);
      const { warnings } = await telemetry.read({ ...question, query: "other" });
      for (const text of [fault, ...warnings]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(basic.slice(6));
      }
    }
  });

  it.each([301, 302, 307, 308])("are not carried along a redirect: %i", async (status) => {
    const elsewhere = await kind();
    const { open } = await store((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/login?state=${secret}` }).end();
    });
    await expect(open({ bearer: secret }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-redirected",
      message: expect.stringMatching(
        new RegExp(`answered ${status} and points to ${elsewhere.url}/login\\. `),
      ),
    });
    expect(elsewhere.asked).toEqual([]);
  });
});

describe("proxies", () => {
  it("are named, or those of the environment, or none", async () => {
    const proxy = await startProxy();
    closing.push(proxy.close);
    const { open, url } = await kind();
    const host = url.replace("http://", "");
    await open({ proxy: `http://maria:${secret}@${proxy.host}` }).read(question);
    expect(proxy.tunnels).toEqual([{ to: host, authorization: basic }]);
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    vi.stubEnv("http_proxy", `http://${proxy.host}`);
    vi.stubEnv("NO_PROXY", "");
    vi.stubEnv("no_proxy", "");
    await prometheus({ url }).read(question);
    expect(proxy.tunnels).toHaveLength(2);
    await open().read(question);
    vi.stubEnv("no_proxy", "127.0.0.1");
    await prometheus({ url }).read(question);
    expect(proxy.tunnels).toHaveLength(2);
  });
});

describe("NO_PROXY", () => {
  it.each([
    ["", true],
    ["*", false],
    ["example.com", false],
    [".example.com", false],
    ["*.example.com", false],
    ["other.org, metrics.example.com:443", false],
    ["metrics.example.com:8443", true],
    ["ample.com", true],
  ])("%j: through the proxy %s", (no_proxy, through) => {
    const url = new URL("https://metrics.example.com/prometheus");
    const environment = { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "http://other:1", no_proxy };
    expect(proxyOf(url, environment)).toBe(through ? "http://proxy:3128" : undefined);
  });
});

describe("the configuration of a repository", () => {
  it("is opened with what stands in the environment", async () => {
    const { url, asked: seen } = await kind();
    const telemetry = openTelemetry(
      {
        kind: "prometheus",
        url,
        proxy: "none",
        auth: { "bearer-from": "TELEMETRY_TOKEN" },
        headers: { "X-Scope-OrgID": "payments" },
        "headers-from": { "X-Key": "TELEMETRY_KEY" },
        budget: { requests: 1 },
      },
      { TELEMETRY_TOKEN: `${secret}\n`, TELEMETRY_KEY: "key" },
    );
    await telemetry.read(question);
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${secret}`,
      "x-scope-orgid": "payments",
      "x-key": "key",
    });
    await expect(telemetry.read(question)).rejects.toMatchObject({ reasonCode: "telemetry-budget" });
  });

  it.each([
    [{ kind: "prometheus" as const }, /needs url/],
    [
      { kind: "prometheus" as const, url: "http://x", auth: { user: "maria" } },
      /user and password-from together/,
    ],
    [
      { kind: "prometheus" as const, url: "http://x", auth: { "bearer-from": "TELEMETRY_TOKEN" } },
      /wants the variable TELEMETRY_TOKEN/,
    ],
    [{ kind: "file" as const }, /needs path/],
  ])("%j says what is missing", (settings, message) => {
    expect(() => openTelemetry(settings, {})).toThrow(message);
  });

  it("that names a file says so where it does not fit", async () => {
    const folder = await mkdtemp(join(tmpdir(), "telemetry-"));
    closing.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "answers.json");
    const read = (text: string) =>
      writeFile(path, text).then(() => openTelemetry({ kind: "file", path }, {}).read(question));
    await expect(read("{")).rejects.toThrow(/are no JSON/);
    await expect(read('{"schema_version":2,"answers":[]}')).rejects.toThrow(/another form: schema_version/);
    await expect(read('{"schema_version":1,"answers":[]}')).rejects.toThrow(
      /holds no value of the query requests/,
    );
    await expect(
      openTelemetry({ kind: "file", path: join(folder, "none") }, {}).read(question),
    ).rejects.toMatchObject({
      reasonCode: "telemetry-file",
    });
  });
});
