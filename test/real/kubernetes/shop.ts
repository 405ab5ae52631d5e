import { expect, vi } from "vitest";
import { z } from "zod";
import type { Client } from "./client.ts";

/** A service under a Rollout whose weights are in an Ingress: no proxy is needed to see them move. */
export function shop(namespace: string, steps: readonly unknown[], image = "shop:1"): object[] {
  const labels = { app: "shop" };
  const ports = [{ port: 80 }];
  const service = (name: string) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: labels, ports },
  });
  const backend = { service: { name: "shop-stable", port: { number: 80 } } };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    service("shop-stable"),
    service("shop-canary"),
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "shop", namespace },
      spec: {
        ingressClassName: "nginx",
        rules: [{ host: "shop.test", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    },
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "shop", namespace },
      spec: {
        replicas: 4,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "shop", image }] } },
        strategy: {
          canary: {
            stableService: "shop-stable",
            canaryService: "shop-canary",
            trafficRouting: { nginx: { stableIngress: "shop" } },
            steps,
          },
        },
      },
    },
  ];
}

export const shopPath = (namespace: string): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/shop`;

const rollout = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z
    .object({
      phase: z.string().optional(),
      observedGeneration: z.string().optional(),
      currentStepIndex: z.number().optional(),
      currentPodHash: z.string().optional(),
      stableRS: z.string().optional(),
      pauseConditions: z.array(z.unknown()).optional(),
      controllerPause: z.boolean().optional(),
      canary: z
        .object({ weights: z.object({ canary: z.object({ weight: z.number() }) }).optional() })
        .optional(),
    })
    .default({}),
});

/** Waits until the controller has seen the newest of what it was told, and says of it what is expected. */
export async function settled(client: Client, namespace: string, expected: object) {
  const look = async () => {
    const { metadata, status } = rollout.parse((await client.request("GET", shopPath(namespace))).body);
    expect(status).toMatchObject({ ...expected, observedGeneration: String(metadata.generation) });
    // Between a step and its pause it says "Paused" too, before it wrote down why.
    expect(status.controllerPause === true && !status.pauseConditions?.length).toBe(false);
    return status;
  };
  return await vi.waitFor(look, { timeout: 120_000, interval: 20 });
}

export const setImage = (client: Client, namespace: string, image: string) =>
  client.request("PATCH", shopPath(namespace), {
    type: "json-patch+json",
    value: [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }],
  });

export const promote = (client: Client, namespace: string) =>
  client.request("PATCH", `${shopPath(namespace)}/status`, {
    type: "merge-patch+json",
    value: { status: { pauseConditions: null } },
  });
