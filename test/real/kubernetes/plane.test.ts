import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accountWith } from "./account.ts";
import { clientOf } from "./client.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { type Plane, startPlane } from "./plane.ts";
import { promote, setImage, settled, shop, shopPath } from "./shop.ts";

const steps = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];

// As long as it takes on a machine that is busy with something else.
const patiently = { timeout: 60_000 };

/** The processes that were started with this folder among their words. */
const processesOf = (folder: string): string[] =>
  readdirSync("/proc").filter((id) => {
    const words = join("/proc", id, "cmdline");
    try {
      return /^\d+$/.test(id) && readFileSync(words, "utf8").includes(folder);
    } catch {
      return false;
    }
  });

describe("a real control plane with the real Argo Rollouts controller", () => {
  let plane: Plane;
  beforeAll(async () => {
    plane = await startPlane();
  });
  afterAll(async () => {
    await plane?.stop();
  });
  const layOut = async (namespace: string) => {
    for (const object of shop(namespace, steps)) await plane.client.apply(object);
    await settled(plane.client, namespace, { phase: "Healthy", stableRS: expect.any(String) });
  };
  // The controller may say that it is done while a weight is still on its way.
  const weighs = (namespace: string, weight: string) =>
    vi.waitFor(async () => {
      const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/shop-shop-canary`;
      expect((await plane.client.request("GET", path)).body).toMatchObject({
        metadata: { annotations: { "nginx.ingress.kubernetes.io/canary-weight": weight } },
      });
    }, patiently);

  test("a canary goes up its steps, each by a promotion, and becomes stable", async () => {
    await layOut("canary");
    await setImage(plane.client, "canary", "shop:2");
    const first = await settled(plane.client, "canary", {
      phase: "Paused",
      currentStepIndex: 1,
      canary: { weights: { canary: { weight: 10 } } },
    });
    expect(first.currentPodHash).not.toBe(first.stableRS);
    await weighs("canary", "10");
    await promote(plane.client, "canary");
    await settled(plane.client, "canary", { phase: "Paused", currentStepIndex: 3 });
    await weighs("canary", "50");
    await promote(plane.client, "canary");
    await settled(plane.client, "canary", {
      phase: "Healthy",
      currentStepIndex: 4,
      stableRS: first.currentPodHash,
    });
    await weighs("canary", "0");
  });

  test("an image named bad never gets a ready pod", async () => {
    await layOut("bad");
    await setImage(plane.client, "bad", "shop:bad");
    await settled(plane.client, "bad", {
      phase: "Progressing",
      canary: { weights: { canary: { weight: 0 } } },
    });
    const waiting = [{ state: { waiting: { reason: "ImagePullBackOff" } } }];
    await vi.waitFor(async () => {
      const path = "/api/v1/namespaces/bad/pods?fieldSelector=status.phase=Pending";
      const { body } = await plane.client.request("GET", path);
      expect(body).toMatchObject({ items: [{ status: { containerStatuses: waiting } }] });
    }, patiently);
  });

  test("the API server is killed in the middle of a rollout, and everything goes on from where it was", async () => {
    await layOut("killed");
    await setImage(plane.client, "killed", "shop:2");
    const before = await settled(plane.client, "killed", { phase: "Paused", currentStepIndex: 1 });
    await plane.killApiServer();
    await expect(plane.client.request("GET", shopPath("killed"))).rejects.toThrow();
    await plane.startApiServer();
    expect(await settled(plane.client, "killed", { phase: "Paused" })).toEqual(before);
    await promote(plane.client, "killed");
    await settled(plane.client, "killed", { phase: "Paused", currentStepIndex: 3 });
  });

  test("deployments, jobs and services have their controllers", async () => {
    const labels = { app: "other" };
    const template = (restartPolicy: string) => ({
      metadata: { labels },
      spec: { restartPolicy, containers: [{ name: "other", image: "other:1" }] },
    });
    const metadata = { name: "other" };
    const selector = { matchLabels: labels };
    const deployment = { replicas: 3, selector, template: template("Always") };
    await plane.client.apply({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: deployment });
    const job = { template: template("Never") };
    await plane.client.apply({ apiVersion: "batch/v1", kind: "Job", metadata, spec: job });
    const service = { selector: labels, ports: [{ port: 80 }] };
    await plane.client.apply({ apiVersion: "v1", kind: "Service", metadata, spec: service });
    const expected = {
      "/apis/apps/v1/namespaces/default/deployments/other": { status: { availableReplicas: 3 } },
      "/apis/batch/v1/namespaces/default/jobs/other": { status: { succeeded: 1 } },
      "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name=other":
        { items: [{ endpoints: Array(3).fill({ conditions: { ready: true } }) }] },
    };
    for (const [path, state] of Object.entries(expected))
      await vi.waitFor(
        async () => expect((await plane.client.request("GET", path)).body).toMatchObject(state),
        patiently,
      );
  });

  test("a role grants what it says and no more", async () => {
    await layOut("roles");
    const rules = [{ apiGroups: ["argoproj.io"], resources: ["rollouts"], verbs: ["get"] }];
    const reader = clientOf(await readKubeconfig(await accountWith(plane, "roles", rules)));
    const status = async (asked: ReturnType<typeof reader.request>) => (await asked).status;
    await vi.waitFor(
      async () => expect(await status(reader.request("GET", shopPath("roles")))).toBe(200),
      patiently,
    );
    expect(await status(setImage(reader, "roles", "shop:2"))).toBe(403);
    expect(await status(promote(reader, "roles"))).toBe(403);
    expect(await status(reader.request("GET", shopPath("canary")))).toBe(403);
    expect(await status(reader.request("GET", "/api/v1/namespaces/roles/secrets"))).toBe(403);
    await reader.close();
  });
});

describe("nothing of it outlives", () => {
  test("its end", async () => {
    const plane = await startPlane();
    expect(processesOf(plane.folder)).toHaveLength(4);
    await plane.stop();
    expect(processesOf(plane.folder)).toEqual([]);
    expect(existsSync(plane.folder)).toBe(false);
  });

  test("whoever started it, when that is killed", async () => {
    const script = `
      import { startPlane } from ${JSON.stringify(join(import.meta.dirname, "plane.ts"))};
      console.log((await startPlane()).folder);`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = await once(parent.stdout, "data");
    const folder = String(said).trim();
    expect(processesOf(folder)).toHaveLength(4);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), patiently);
    rmSync(folder, { recursive: true });
  });
});
