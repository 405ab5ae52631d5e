import { afterEach, describe, expect, it } from "vitest";
import { measure } from "../../../adapters/telemetry/measure.ts";
import { columnsOf } from "../../../core/analysis/columns.ts";
import { planWindows } from "../../../core/analysis/plan-windows.ts";
import type { Part } from "../../../core/analysis/questions.ts";
import { answer, startStore, success } from "./store.ts";

/** Windows of a comparison asked of a store over real HTTP. */

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

const plan = planWindows({ startSeconds: 1_700_000_040, windowSeconds: 60, windows: 10, settleSeconds: 0 });
const part = (query: string, shiftSeconds = 0): Part => ({
  metric: query,
  arm: "candidate",
  asked: "value",
  query,
  form: "value",
  shiftSeconds,
});
const quick = { retries: 0 };

/** Every window has its own end as its value. */
const clock: Parameters<typeof startStore>[0] = ({ form }, response) => {
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(form.get(name)));
  const instant = form.get("time");
  if (instant !== null)
    return answer(response, success("vector", [{ metric: {}, value: [Number(instant), instant] }]));
  const values: [number, string][] = [];
  for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) values.push([at, String(at)]);
  answer(response, success("matrix", [{ metric: {}, values }]));
};

describe("measuring", () => {
  it("asks what is new in one request a query, at the moments of the plan", async () => {
    const { open, asked } = await store(clock);
    const columns = columnsOf([part("a"), part("b", 604_800)]);
    expect(await measure(open(quick), columns, plan, 3)).toEqual([]);
    expect(await measure(open(quick), columns, plan, 4)).toEqual([]);
    const ends = [0, 1, 2, 3].map((window) => plan.firstEnd + 60 * window);
    expect(columns.map(({ values }) => values)).toEqual([ends, ends.map((end) => end - 604_800)]);
    expect(asked).toHaveLength(4);
    expect(await measure(open(quick), columns, plan, 4)).toEqual([]);
    expect(asked).toHaveLength(4);
  });

  it("lets one query fail without the others, says so, and asks for its windows when it is back", async () => {
    let broken = true;
    const { open } = await store((asked, response) =>
      broken && asked.form.get("query") === "b" ? answer(response, "down", 503) : clock(asked, response),
    );
    const columns = columnsOf([part("a"), part("b")]);
    const said = await measure(open(quick), columns, plan, 2);
    expect(said).toEqual([expect.stringMatching(/^b\.value of candidate: .* answered 503/)]);
    expect(columns.map(({ values }) => values.length)).toEqual([2, 0]);
    broken = false;
    expect(await measure(open(quick), columns, plan, 3)).toEqual([]);
    expect(columns[1]?.values).toEqual(columns[0]?.values);
  });

  it("tells a fault that all questions share once", async () => {
    const { open } = await store((_, response) => answer(response, "down", 503));
    const said = await measure(open(quick), columnsOf([part("a"), part("b"), part("c")]), plan, 2);
    expect(said).toEqual([expect.stringMatching(/^a\.value of candidate and 2 more: .* answered 503/)]);
  });

  it.each([
    [401, "no", "telemetry-unauthorized"],
    [400, { status: "error", error: "parse error" }, "telemetry-bad-query"],
    [200, success("matrix", [{ metric: { a: "1" } }, { metric: { a: "2" } }]), "telemetry-several-series"],
    [200, success("string", []), "telemetry-wrong-form"],
  ])("ends where waiting would not help: %i %j", async (status, body, reasonCode) => {
    const { open } = await store((_, response) => answer(response, body, status));
    await expect(measure(open(quick), columnsOf([part("a")]), plan, 2)).rejects.toMatchObject({ reasonCode });
  });

  it.each([
    ["a page of HTML", "<html>welcome</html>"],
    ["nothing", ""],
    ["JSON of another form", "[1]"],
  ])("leaves windows unknown that were answered with %s", async (_, body) => {
    const { open } = await store((_, response) => answer(response, body));
    const columns = columnsOf([part("a")]);
    expect(await measure(open(quick), columns, plan, 2)).toHaveLength(1);
    expect(columns[0]?.values).toEqual([]);
  });

  it("takes no value that is no number", async () => {
    const values = ["NaN", "+Inf", "-Inf", "1"].map((value, at) => [plan.firstEnd + 60 * at, value]);
    const { open } = await store((_, response) =>
      answer(response, success("matrix", [{ metric: {}, values }])),
    );
    const columns = columnsOf([part("a")]);
    await measure(open(quick), columns, plan, 4);
    expect(columns[0]?.values).toEqual([null, null, null, 1]);
  });
});

describe("names of labels", () => {
  it("are asked of the series of a selector within a time", async () => {
    const { open, asked } = await store((_, response) =>
      answer(response, { status: "success", data: ["job", "__name__"] }),
    );
    const question = { selector: 'up{job="shop"}', fromSeconds: 60, toSeconds: 120 };
    expect(await open(quick).labelNames(question)).toEqual(["__name__", "job"]);
    expect(asked[0]?.url).toBe("/api/v1/labels");
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      "match[]": 'up{job="shop"}',
      start: "60",
      end: "120",
    });
  });
});

describe("values of a label", () => {
  it("are asked of the series of a selector within a time, each once", async () => {
    const data = [{ pod: "b" }, { pod: "a" }, { pod: "b" }, { other: "c" }];
    const { open, asked } = await store((_, response) => answer(response, { status: "success", data }));
    const question = { label: "pod", selector: 'up{job="shop"}', fromSeconds: 60, toSeconds: 120 };
    expect(await open(quick).labelValues(question)).toEqual(["a", "b"]);
    expect(asked[0]?.url).toBe("/api/v1/series");
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      "match[]": 'up{job="shop"}',
      start: "60",
      end: "120",
    });
  });

  it.each(["<html>", '{"status":"success","data":[1]}'])("that are none are an error: %s", async (body) => {
    const { open } = await store((_, response) => answer(response, body));
    const question = { label: "pod", selector: "up{}", fromSeconds: 0, toSeconds: 1 };
    await expect(open(quick).labelValues(question)).rejects.toMatchObject({
      reasonCode: "telemetry-not-prometheus",
    });
  });
});
