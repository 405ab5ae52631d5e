import { expect, test } from "vitest";
import { UserError } from "../../../core/errors.ts";
import type { Around } from "../../../core/rollout/around.ts";
import { drive } from "../../../core/rollout/drive.ts";
import type { Notice } from "../../../core/rollout/effect.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import { open } from "../../../core/rollout/open.ts";
import { noStops, planFor } from "../../contracts/target-plan.ts";
import { trueLedger } from "../../simulator/ledger.ts";
import { smallWorld } from "./small-world.ts";

const services = ["shop", "cart", "mail"];
const names = ["ro_00000000000a", "ro_00000000000b", "ro_00000000000c"];

/** Three services of one environment, and the first so many were taken back, a minute after one another. */
async function environment(taken: number, heard: (rollout: string, notice: Notice) => void) {
  const { world, around: small } = smallWorld();
  const ledgers = new Map(
    services.map((service) => [`production/${service}`, trueLedger(`production/${service}`, true)]),
  );
  const at = (stream: string) => ledgers.get(stream) ?? trueLedger(stream, true);
  const aroundOf = (service: string): Around => ({
    ...small,
    stream: `production/${service}`,
    ledger: {
      streams: async () => [...ledgers.keys(), "staging/shop"],
      head: async (stream) => at(stream).read().head,
      read: async (stream) => at(stream).read(),
      append: async (stream, events, head) => at(stream).append(events, head),
    },
    people: { tell: async ({ plan }, notice) => void heard(plan.rollout, notice) },
    rules: { ...noStops, environment: { rollbacks: 2, withinSeconds: 3600 } },
  });
  const deploy = { number: 1, fencing: 1, effect: { kind: "deploy" } };
  const outcome = { outcome: "rolled-back", candidate: "v2", automatic: true };
  for (const [index, service] of services.slice(0, taken).entries()) {
    const rollout = names[index] ?? "";
    const plan = planFor("v1", "v2", { rollout, service, attempts: 1 });
    const events = [
      { kind: "rollout" as const, body: { rollout, plan } },
      { kind: "intent" as const, body: { rollout, ...deploy } },
      { kind: "result" as const, body: { rollout, number: 1, status: "failed" } },
      { kind: "notice" as const, body: { rollout, notice: incident } },
      {
        kind: "outcome" as const,
        body: { rollout, ...outcome, reason_code: "effect-failed", reason: "No." },
      },
    ];
    world.seconds = 60 * index;
    const whole = events.map((one) => ({ ...one, at: small.now(), actor: "x", nonce: small.nonce() }));
    at(`production/${service}`).append(whole, null);
  }
  return { world, aroundOf, at };
}
const incident = { kind: "incident", code: "effect-failed", sentence: "No." };

const driven = (rollout: string, around: Around) =>
  drive(rollout, around, {
    progress: () => undefined,
    sleep: async () => undefined,
    stopped: () => false,
  });

function planOf(service: string) {
  const { rollout: _, ...plan } = planFor("v1", "v3", { service });
  return plan;
}

test("an environment that stops lets nothing begin, and pages once, for the rollback that stopped it", async () => {
  const heard: string[] = [];
  const { aroundOf, at } = await environment(3, (rollout, { kind, code, sentence }) =>
    heard.push(`${kind} ${code} of ${rollout}: ${sentence}`),
  );
  for (const [index, service] of services.entries()) await driven(names[index] ?? "", aroundOf(service));
  expect(await open(planOf("cart"), aroundOf("cart"))).toMatchObject({
    refused: [{ code: "environment-stopped" }],
  });
  expect(heard).toEqual([
    `page environment-stopped of ${names[1]}: 2 rollouts of production were taken back within 60 minutes, and nothing new begins there until 2026-11-21T11:01:00.000Z. Look for what they share.`,
  ]);
  const { events } = at("production/cart").read();
  const told = foldStream(events)
    .get(names[1] ?? "")
    ?.notices.map(({ notice }) => notice.code);
  expect(told).toEqual(["effect-failed", "environment-stopped"]);
});

test("whoever is refused pages what nobody lived to page", async () => {
  const heard: string[] = [];
  const { aroundOf } = await environment(2, (rollout) => heard.push(rollout));
  for (const service of ["mail", "cart", "mail"])
    expect(await open(planOf(service), aroundOf(service))).toMatchObject({
      refused: [{ code: "environment-stopped" }],
    });
  expect(heard).toEqual([names[1]]);
});

test("an hour later it has passed; a stop that nobody could be told of is refused loudly", async () => {
  const heard: string[] = [];
  let away = true;
  const { world, aroundOf } = await environment(2, (rollout) => {
    if (away) throw new UserError("github-unavailable", "GitHub is away.");
    heard.push(rollout);
  });
  const opened = () => open(planOf("mail"), aroundOf("mail"));
  expect(JSON.stringify(await opened())).toContain("Nobody could be told of the stop: GitHub is away.");
  away = false;
  world.seconds = 3601;
  expect(await opened()).toMatchObject({ adopted: false });
  expect(heard).toEqual([]);
});

test("one that was taken back too few times stops nothing", async () => {
  const heard: string[] = [];
  const { aroundOf } = await environment(1, (rollout) => heard.push(rollout));
  await driven(names[0] ?? "", aroundOf("shop"));
  expect(await open(planOf("mail"), aroundOf("mail"))).toMatchObject({ adopted: false });
  expect(heard).toEqual([]);
});
