import { mkdir, rm, rmdir } from "node:fs/promises";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { haproxy } from "../../../adapters/targets/haproxy.ts";
import { portOf } from "../../../emulated/github/port.ts";
import { type TargetBench, targetContract } from "../../contracts/target.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { startHaproxy } from "../haproxy.ts";

/** The whole contract against a real HAProxy, counted by what its backends answered. */
targetContract("haproxy", async (): Promise<TargetBench> => {
  const proxy = await startHaproxy();
  const config = {
    kind: "haproxy" as const,
    socket: proxy.socket,
    backend: proxy.pool,
    servers: [{ name: "blue" }, { name: "green" }] satisfies [object, object],
  };
  const plan = planFor("blue", "green");
  return {
    open: () => haproxy(config),
    plan,
    by: "weight",
    shares: [10, 25, 50],
    unsupported: { ...plan, kind: "cohorts" },
    usersGet: async () => {
      const [blue, green] = await counted(async () => {
        for (let asked = 0; asked < 200; asked += 1) await (await fetch(proxy.url)).text();
      });
      return (100 * green) / (blue + green);
    },
    within: 0.5,
    meddle: async () => {
      await proxy.command("set server pool/green weight 77");
    },
    close: () => proxy.stop(),
  };

  async function counted(work: () => Promise<void>): Promise<[number, number]> {
    const count = () => Promise.all([proxy.counts("blue"), proxy.counts("green")]);
    const before = await count();
    await work();
    const after = await count();
    return [after[0].requests - before[0].requests, after[1].requests - before[1].requests];
  }
});

test("a server that its configuration keeps out of the pool gets its share all the same", async () => {
  const proxy = await startHaproxy({}, "disabled");
  try {
    const target = haproxy({
      ...{ kind: "haproxy", socket: proxy.socket, backend: proxy.pool },
      servers: [{ name: "blue" }, { name: "green" }],
    });
    const plan = planFor("blue", "green");
    const from = { stable: "blue", candidate: null, share: 0 };
    expect(await target.observe(plan)).toMatchObject(from);
    const to = { stable: "blue", candidate: "green", share: 50 };
    const mark = { rollout: plan.rollout, fencing: 1, number: 1, from, to };
    await target.apply(plan, { kind: "share", share: 50, by: "weight" }, mark);
    await expect.poll(() => target.observe(plan), { timeout: 10_000 }).toMatchObject({ ...to, ready: true });
    await target.apply(plan, { kind: "promote" }, mark);
    expect(await target.observe(plan)).toMatchObject({ stable: "green", candidate: null });
  } finally {
    await proxy.stop();
  }
});

test("a version that no server has is gone to by nobody, and no other one gets its traffic", async () => {
  const proxy = await startHaproxy();
  try {
    const target = haproxy({
      ...{ kind: "haproxy", socket: proxy.socket, backend: proxy.pool },
      servers: [{ name: "blue" }, { name: "green" }],
    });
    const back = { ...planFor("red", "blue"), kind: "back" as const };
    expect(await target.can(back)).toMatchObject([{ code: "stable-not-deployed" }]);
    expect(await target.can(planFor("red", "green"))).toMatchObject([{ code: "stable-not-deployed" }]);
    const shape = { stable: "red", candidate: null, share: 0 };
    const mark = { rollout: back.rollout, fencing: 1, number: 1, from: shape, to: shape };
    await expect(target.apply(back, { kind: "restore" }, mark)).rejects.toMatchObject({
      reasonCode: "target-refused",
    });
    expect(await target.observe(back)).toMatchObject({ stable: "blue", candidate: null });
  } finally {
    await proxy.stop();
  }
});

test("where no mark can be written nobody goes forth, and whoever goes back goes all the same", async () => {
  const proxy = await startHaproxy();
  const path = `${proxy.socket}.adaptive-deploy.mark.json`;
  try {
    const target = haproxy({
      ...{ kind: "haproxy", socket: proxy.socket, backend: proxy.pool },
      servers: [{ name: "blue" }, { name: "green" }],
    });
    const plan = planFor("blue", "green");
    const before = { stable: "blue", candidate: null, share: 0 };
    const half = { stable: "blue", candidate: "green", share: 50 };
    const mark = { rollout: plan.rollout, fencing: 1, number: 1, from: before, to: half };
    await target.apply(plan, { kind: "share", share: 50, by: "weight" }, mark);
    await rm(path);
    await mkdir(path);
    const away = { reasonCode: "target-unavailable" };
    const forth = target.apply(plan, { kind: "promote" }, { ...mark, number: 2 });
    await expect(forth).rejects.toMatchObject(away);
    const back = { ...mark, number: 3, from: half, to: before };
    const restored = target.apply(plan, { kind: "restore" }, back);
    await expect(restored).rejects.toMatchObject(away);
    await rmdir(path);
    expect(await target.observe(plan)).toMatchObject(before);
  } finally {
    await proxy.stop();
  }
});

test("a share that weights of a hundred parts cannot be is refused", async () => {
  const proxy = await startHaproxy();
  try {
    const target = haproxy({
      ...{ kind: "haproxy", socket: proxy.socket, backend: proxy.pool },
      servers: [{ name: "blue" }, { name: "green" }],
    });
    const [first, ...others] = planFor("blue", "green").steps;
    if (first === undefined) throw new Error("The plan has no step.");
    const plan = planFor("blue", "green", { steps: [{ ...first, share: 0.5 }, ...others] });
    expect(await target.can(plan)).toMatchObject([{ code: "unsupported-share" }]);
  } finally {
    await proxy.stop();
  }
});

test("a candidate that hangs is seen as not ready, and is taken out all the same", async () => {
  const proxy = await startHaproxy();
  const hanging = { candidate: false, both: false };
  const versions = createServer((request, response) => {
    const isGreen = request.url === "/green";
    if (hanging.both || (isGreen && hanging.candidate)) response.writeHead(500).end();
    else response.end(isGreen ? "1.5.0" : "1.4.2");
  });
  await new Promise<void>((resolve) => versions.listen(0, "127.0.0.1", resolve));
  try {
    const at = `http://127.0.0.1:${portOf(versions.address())}`;
    const target = haproxy({
      kind: "haproxy",
      socket: proxy.socket,
      backend: proxy.pool,
      servers: [
        { name: "blue", version: `${at}/blue` },
        { name: "green", version: `${at}/green` },
      ],
    });
    const plan = planFor("1.4.2", "1.5.0");
    const half = { stable: "1.4.2", candidate: "1.5.0", share: 50 };
    const mark = { rollout: plan.rollout, fencing: 1, number: 2, from: { ...half, share: 0 }, to: half };
    await target.apply(plan, { kind: "share", share: 50, by: "weight" }, mark);
    hanging.candidate = true;
    expect(await target.observe(plan)).toMatchObject({ ...half, ready: false });
    const back = { stable: "1.4.2", candidate: null, share: 0 };
    const restored = { ...mark, number: 3, from: half, to: back };
    // Where neither says what it is nobody changed anything, and nobody is taken for the other.
    hanging.both = true;
    const unknown = { settled: false, stable: null, share: null, silent: [expect.stringContaining("green")] };
    expect(await target.observe(plan)).toMatchObject(unknown);
    await expect(target.apply(plan, { kind: "restore" }, restored)).rejects.toMatchObject({
      reasonCode: "target-unavailable",
    });
    hanging.both = false;
    await target.apply(plan, { kind: "restore" }, restored);
    expect(await target.observe(plan)).toMatchObject(back);
    expect(await proxy.command("get weight pool/blue")).toContain("100");
  } finally {
    versions.close();
    await proxy.stop();
  }
});
