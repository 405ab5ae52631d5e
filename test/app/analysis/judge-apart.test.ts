import { afterAll, afterEach, expect, test } from "vitest";
import { analyses } from "../../../app/analysis/index.ts";
import type { Question } from "../../../app/analysis/judge.ts";
import { type Judges, judgesApart } from "../../../app/analysis/judge-apart.ts";
import { argoBody, closeWorld, harmful, healthy, startWorld, type World } from "./world.ts";

/** Judging has a thread of its own: what the App does beside it, and what becomes of a thread that ends. */
const { candidate, baseline, service, environment, namespace, run } = argoBody;
const about = { service, environment, namespace, run, candidate, baseline, step: 2, weight: 20 };
const asked = { ...about, repository: "octo-org/shop", controller: "argo" as const };

const apart: Judges[] = [];
afterEach(async () => {
  for (const judges of apart.splice(0)) await judges.close();
});
afterAll(closeWorld);

function threadOf(source: string, longestMs?: number): Judges {
  const judges = judgesApart(new URL(`data:text/javascript,${encodeURIComponent(source)}`), longestMs);
  apart.push(judges);
  return judges;
}

/** What is asked of the judges once the windows are over. */
async function questionOf(
  world: World,
): Promise<{ question: Question; known: Parameters<Judges["judge"]>[1] }> {
  const kept: Parameters<Judges["judge"]>[] = [];
  const judges: Judges = {
    close: async () => undefined,
    prepare: async () => undefined,
    judge: async (...given) => {
      kept.push(given);
      return await (world.around.judges ?? judgesApart()).judge(...given);
    },
  };
  const { ask } = analyses({ ...world.around, judges });
  await ask(asked);
  world.later(400);
  await ask(asked);
  const [first] = kept;
  if (first === undefined) throw new Error("Nothing was judged.");
  return { question: first[0], known: first[1] };
}

test("the App answers while a judgement runs", async () => {
  const world = await startWorld(healthy);
  const { question, known } = await questionOf(world);
  const metrics = Object.entries(question.measurements.metrics).flatMap(([name, series]) =>
    Array.from({ length: 20 }, (_, index) => [`${name} ${index}`, series] as const),
  );
  const many = { ...question.measurements, metrics: Object.fromEntries(metrics) };
  const order: string[] = [];
  const judgement = judgesApart();
  apart.push(judgement);
  await judgement.judge(question, known);
  const judged = judgement.judge({ ...question, measurements: many }, known).then(() => order.push("judged"));
  for (let count = 0; count < 3; count += 1) {
    await fetch(`${world.server.url}/v1/openapi.json`);
    order.push("answered");
  }
  await judged;
  expect(order).toEqual(["answered", "answered", "answered", "judged"]);
});

test("one after the other is judged, each as it would be alone", async () => {
  const world = await startWorld(harmful);
  const { question, known } = await questionOf(world);
  const judges = judgesApart();
  apart.push(judges);
  const alone = await judges.judge(question, known);
  const others = [1, 2, 3].map((one) => judges.judge({ ...question, key: `${one}` }, known));
  expect(await Promise.all(others)).toEqual([alone, alone, alone]);
});

const lethal: [string, string, RegExp][] = [
  ["throws", "throw new Error('no luck')", /because no luck\./],
  ["ends itself", "process.exit(3)", /because it ended by itself\./],
  [
    "fills its memory",
    "const all = []; while (true) all.push(new Array(1e6).fill(all.length))",
    /because .*memory/,
  ],
  ["never answers", "setInterval(() => {}, 1000)", /because it took more than 0\.2 s\./],
];

test.each(lethal)(
  "a thread that %s means hold with the reason, and the next ask goes on",
  async (_, source, says) => {
    const world = await startWorld(healthy);
    const judges = threadOf(source, source.startsWith("setInterval") ? 200 : undefined);
    const { ask } = analyses({ ...world.around, judges, answerWithinMs: 15_000 });
    await ask(asked);
    world.later(1000);
    for (const _time of ["once", "and again"])
      expect(await ask(asked)).toMatchObject({
        verdict: "hold",
        reason_code: "judging-stopped",
        reason: expect.stringMatching(says),
      });
    const rows = await world.server.database.query("select final, looked_to from analyses");
    expect(rows).toMatchObject([{ final: null, looked_to: 0 }]);
    expect((await analyses(world.around).ask(asked)).verdict).toBe("promote");
  },
);

test("what makes one judgement fail takes no other one along", async () => {
  const world = await startWorld(healthy);
  const { question, known } = await questionOf(world);
  const judges = judgesApart();
  apart.push(judges);
  const alone = await judges.judge(question, known);
  const without = { ...question.measurements, metrics: { x: null } };
  // What no parser lets through.
  const broken: Question = JSON.parse(JSON.stringify({ ...question, key: "broken", measurements: without }));
  const [bad, good] = await Promise.allSettled([judges.judge(broken, known), judges.judge(question, known)]);
  expect(bad).toMatchObject({ status: "rejected", reason: { reasonCode: "judging-stopped" } });
  expect(good).toEqual({ status: "fulfilled", value: alone });
});
