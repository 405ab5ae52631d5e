import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { PrometheusConfig } from "../../../adapters/telemetry/prometheus-config.ts";
import { asked } from "../../contracts/telemetry.ts";
import { answer, startStore, success } from "./store.ts";

/** Each fault of a store, over real HTTP. */

type Store = Awaited<ReturnType<typeof startStore>>;
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
async function store(...given: Parameters<typeof startStore>): Promise<Store> {
  const started = await startStore(...given);
  stores.push(started);
  return started;
}

const question = asked("requests", 2);
const good = success("matrix", [{ metric: {}, values: [[question.firstEnd, "1"]] }]);
const quick: Partial<PrometheusConfig> = { retries: 0 };

describe("a refusal says what, where and the remedy", () => {
  it.each([
    [
      400,
      { status: "error", errorType: "bad_data", error: "parse error" },
      "telemetry-bad-query",
      /bad_data: parse error/,
    ],
    [
      422,
      { status: "error", errorType: "execution", error: "too many samples" },
      "telemetry-bad-query",
      /execution: too many/,
    ],
    [401, "<html>", "telemetry-unauthorized", /answered 401 \(a page of HTML\)\. Look at telemetry\.auth/],
    [403, "no org id", "telemetry-unauthorized", /no org id/],
    [404, "404 page not found", "telemetry-not-found", /the path before \/api\/v1/],
    [429, "", "telemetry-busy", /answered 429\. Ask less often/],
    [500, "<html>", "telemetry-unavailable", /answered 500/],
    [
      503,
      { status: "error", errorType: "timeout", error: "query timed out" },
      "telemetry-unavailable",
      /timeout: query timed out/,
    ],
    [418, "<html>", "telemetry-not-prometheus", /418 and a page of HTML/],
  ])("%i", async (status, body, reasonCode, message) => {
    const { open, url } = await store((_, response) => answer(response, body, status));
    await expect(open(quick).read(question)).rejects.toMatchObject({
      reasonCode,
      message: expect.stringMatching(message),
    });
    await expect(open(quick).read(question)).rejects.toThrow(url.replace("http://", ""));
  });

  it("an answer of HTML with 200 is a login, and one that is cut off is none", async () => {
    const html = await store((_, response) => answer(response, "<html>Sign in</html>"));
    await expect(html.open().read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-not-prometheus",
    });
    expect(html.asked).toHaveLength(1);
    const cut = await store((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"status":"succ', () => response.destroy());
    });
    await expect(cut.open(quick).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-unreachable",
    });
  });

  it("nobody at the address", async () => {
    const { url, close } = await startStore(() => undefined);
    await close();
    const other = await store(() => undefined);
    await expect(other.open({ ...quick, url }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-unreachable",
      message: expect.stringMatching(/ECONNREFUSED/),
      exitCode: 69,
    });
  });
});

describe("what passes is asked again, a bounded number of times", () => {
  it.each([429, 503, 502])("%i", async (status) => {
    const { open, asked: seen } = await store((_, response) => {
      if (seen.length < 3) {
        response.writeHead(status, { "retry-after": "0" }).end();
        return;
      }
      answer(response, good);
    });
    expect((await open().read(question)).values).toEqual([1, null]);
    expect(seen).toHaveLength(3);
    await expect(open({ retries: 1, budget: { requests: 0 } }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-budget",
    });
  });

  it("a store that stays busy, or asks for longer than we wait, is an error", async () => {
    const busy = await store((_, response) => {
      response.writeHead(503, { "retry-after": "0" }).end();
    });
    await expect(busy.open({ retries: 3 }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-unavailable",
    });
    expect(busy.asked).toHaveLength(4);
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    for (const after of ["3600", date]) {
      const patient = await store((_, response) => {
        response.writeHead(429, { "retry-after": after }).end();
      });
      await expect(patient.open().read(question)).rejects.toMatchObject({ reasonCode: "telemetry-busy" });
      expect(patient.asked).toHaveLength(1);
    }
  });

  it("a line that breaks, but never a query that is wrong", async () => {
    const broken = await store(({ form }, response) => {
      if (form.get("query") !== "requests") return answer(response, "", 400);
      if (broken.asked.length === 1) return void response.destroy();
      return answer(response, good);
    });
    expect((await broken.open().read(question)).values).toEqual([1, null]);
    const before = broken.asked.length;
    await expect(broken.open().read({ ...question, query: "(" })).rejects.toThrow(/answered 400/);
    expect(broken.asked.length).toBe(before + 1);
  });

  it("a slow answer, and one that never ends, is given up in time", async () => {
    const silent = await store(() => undefined);
    await expect(silent.open({ retries: 1, timeoutSeconds: 0.2 }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-timeout",
      message: expect.stringMatching(/within 0\.2 s/),
    });
    expect(silent.asked).toHaveLength(2);
    const dripping = await store((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    await expect(dripping.open({ ...quick, timeoutSeconds: 0.2 }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-timeout",
    });
  });
});

describe("size and budget", () => {
  it.each([false, true])("an answer that is too large is not read to its end; packed: %s", async (packed) => {
    const block = JSON.stringify("x".repeat(3 * 1024 * 1024));
    const { open } = await store((_, response) => {
      response.writeHead(200, packed ? { "content-encoding": "gzip" } : {});
      response.end(packed ? gzipSync(block) : block);
    });
    await expect(open({ mostBytes: 2 * 1024 * 1024 }).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-too-large",
      message: expect.stringMatching(/larger than 2 MiB/),
    });
  });

  it("packed answers are unpacked, and broken packing is no answer", async () => {
    const { open } = await store((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(good)));
    });
    expect((await open().read(question)).values).toEqual([1, null]);
    const broken = await store((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end("not packed at all");
    });
    await expect(broken.open(quick).read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-not-prometheus",
    });
  });

  it("requests and samples are counted over all questions", async () => {
    const { open, asked: seen } = await store((_, response) => answer(response, good));
    const few = open({ budget: { requests: 2 } });
    await few.read(question);
    await few.read(question);
    await expect(few.read(question)).rejects.toMatchObject({
      reasonCode: "telemetry-budget",
      message: expect.stringMatching(/more than the 2 requests/),
    });
    expect(seen).toHaveLength(2);
    const small = open({ budget: { samples: 1 } });
    await small.read(question);
    await expect(small.read(question)).rejects.toThrow(/more than the 1 samples/);
  });

  it("no more requests than allowed are under way at one time", async () => {
    let underWay = 0;
    let most = 0;
    const { open } = await store(async (_, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      answer(response, good);
    });
    const telemetry = open({ budget: { concurrent: 3 } });
    await Promise.all(Array.from({ length: 12 }, () => telemetry.read(question)));
    expect(most).toBe(3);
  });

  it("asks for more windows than the store gives in parts, and puts them together", async () => {
    const { open, asked: seen } = await store(({ form }, response) =>
      answer(
        response,
        success("matrix", [{ metric: {}, values: [[Number(form.get("start")), form.get("start")]] }]),
      ),
    );
    const { values } = await open().read(asked("requests", 25_000));
    expect(seen.map(({ form }) => (Number(form.get("end")) - Number(form.get("start"))) / 120 + 1)).toEqual([
      10_000, 10_000, 5_000,
    ]);
    expect(values.flatMap((value, at) => (value === null ? [] : [at]))).toEqual([0, 10_000, 20_000]);
  });
});

describe("partial answers", () => {
  const partial = success("matrix", [], { warnings: ["store 3: rpc error"] });
  it("are marked, or refused where that is wanted", async () => {
    const { open, asked: seen } = await store((_, response) => answer(response, partial));
    expect(await open().read(question)).toMatchObject({ partial: true, warnings: ["store 3: rpc error"] });
    expect(seen[0]?.form.get("partial_response")).toBe("true");
    await expect(open({ partialAnswers: "refuse" }).read(question)).rejects.toThrow(
      /did not answer \(store 3: rpc error\)/,
    );
    expect(seen[1]?.form.get("partial_response")).toBe("false");
  });
});

describe("retention", () => {
  it.each([
    ["15d", 15 * 86_400],
    ["1d12h or 10GiB", 1.5 * 86_400],
    ["10GiB", undefined],
    [undefined, undefined],
  ])("%s", async (storageRetention, seconds) => {
    const { open } = await store((_, response) =>
      answer(response, { status: "success", data: { storageRetention } }),
    );
    expect(await open().retentionSeconds()).toBe(seconds);
  });

  it.each([404, 403, 200])("is unknown where the store does not tell: %i", async (status) => {
    const { open } = await store((_, response) => answer(response, "<html>", status));
    expect(await open().retentionSeconds()).toBeUndefined();
  });
});
