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

test("a candidate that hangs is seen as not ready, and is taken out all the same", async () => {
  const proxy = await startHaproxy();
  const hanging = { candidate: false };
  const versions = createServer((request, response) => {
    const isGreen = request.url === "/green";
    if (isGreen && hanging.candidate) response.writeHead(500).end();
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
    await target.apply(plan, { kind: "restore" }, { ...mark, number: 3, from: half, to: back });
    expect(await target.observe(plan)).toMatchObject(back);
    expect(await proxy.command("get weight pool/blue")).toContain("100");
  } finally {
    versions.close();
    await proxy.stop();
  }
});
