import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { kubernetes } from "../../../adapters/kubernetes/client.ts";
import {
  type ArgoRolloutsConfig,
  argoRollouts,
  type GitRevert,
} from "../../../adapters/targets/argo-rollouts.ts";
import type { Target } from "../../../core/ports.ts";
import { accountWith } from "./account.ts";
import type { Client } from "./client.ts";
import type { Plane } from "./plane.ts";
import { settled, shop, shopPath } from "./shop.ts";

/** The shop as a target, with the rights of the shipped Role and nothing else. */

const weighted = (weight: number) => [{ setWeight: weight }, { pause: {} }];
/** One pod stands before anybody is sent there; each weight is held for as long as the rollout likes. */
export const shopSteps = [
  { setCanaryScale: { replicas: 1 } },
  { pause: {} },
  { setCanaryScale: { matchTrafficWeight: true } },
  ...[10, 25, 50, 100].flatMap(weighted),
];

const role = z.looseObject({ rules: z.array(z.looseObject({ verbs: z.array(z.string()) })) });

/** What `integrations/argo/role.yaml` allows. */
export async function shippedRules() {
  const shipped = await readFile(join(import.meta.dirname, "../../../integrations/argo/role.yaml"), "utf8");
  return role.parse(parse(shipped)).rules;
}

const shopRollout = z.looseObject({ kind: z.literal("Rollout"), spec: z.looseObject({}) });

/** The same shop, whose old and new versions each have all of their pods and a Service of their own. */
export function blueGreenShop(namespace: string, more: object = {}): object[] {
  const blueGreen = {
    activeService: "shop-stable",
    previewService: "shop-canary",
    autoPromotionEnabled: false,
    ...more,
  };
  return shop(namespace, []).map((object) => {
    const found = shopRollout.safeParse(object);
    if (!found.success) return object;
    return { ...found.data, spec: { ...found.data.spec, strategy: { blueGreen } } };
  });
}

export type ShopTarget = {
  /** A new instance with a connection of its own each time. */
  open(ports?: { gitRevert?: GitRevert }): Target;
  client: Client;
  namespace: string;
  /** Where its kubeconfig is, for a program of its own. */
  kubeconfig: string;
  config: ArgoRolloutsConfig;
};

export async function layOutShop(
  plane: Plane,
  namespace: string,
  objects: readonly object[] = shop(namespace, shopSteps),
  more: Partial<ArgoRolloutsConfig> = {},
): Promise<ShopTarget> {
  for (const object of objects) await plane.client.apply(object);
  const kubeconfig = await accountWith(plane, namespace, await shippedRules());
  await settled(plane.client, namespace, { phase: "Healthy", stableRS: expect.any(String) });
  const config: ArgoRolloutsConfig = { kind: "argo-rollouts", namespace, name: "shop", ...more };
  return {
    open: (ports) => argoRollouts(config, kubernetes({ KUBECONFIG: kubeconfig }), ports),
    client: plane.client,
    namespace,
    kubeconfig,
    config,
  };
}

const service = z.looseObject({
  spec: z.looseObject({ selector: z.record(z.string(), z.string()) }),
});
const ingress = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
});
const sets = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        template: z.looseObject({
          spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
        }),
      }),
    }),
  ),
});

/** Percent of the users that an nginx with this Ingress and these Services would send to the image. */
export async function usersOf(
  client: Client,
  namespace: string,
  image: string,
  strategy: "canary" | "blue-green" = "canary",
): Promise<number> {
  const get = async (path: string) => (await client.request("GET", path)).body;
  const { items } = sets.parse(await get(`/apis/apps/v1/namespaces/${namespace}/replicasets`));
  const runs = async (name: string): Promise<boolean> => {
    const { spec } = service.parse(await get(`/api/v1/namespaces/${namespace}/services/${name}`));
    const hash = spec.selector["rollouts-pod-template-hash"];
    const set = items.find(({ metadata }) => metadata.labels["rollouts-pod-template-hash"] === hash);
    return set?.spec.template.spec.containers[0]?.image === image;
  };
  if (strategy === "blue-green") return (await runs("shop-stable")) ? 100 : 0;
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/shop-shop-canary`;
  const { metadata } = ingress.parse(await get(path));
  const weight = Number(metadata.annotations["nginx.ingress.kubernetes.io/canary-weight"] ?? Number.NaN);
  const [canary, stable] = await Promise.all([runs("shop-canary"), runs("shop-stable")]);
  return (canary ? weight : 0) + (stable ? 100 - weight : 0);
}

/** As an operator would with kubectl, past all automation. */
export async function operatorPatch(client: Client, namespace: string, value: object, status = false) {
  const path = `${shopPath(namespace)}${status ? "/status" : ""}`;
  const answer = await client.request("PATCH", path, { type: "merge-patch+json", value });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

const rollout = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
});

/** What the resource asks for. */
export async function templateImage(client: Client, namespace: string): Promise<string | undefined> {
  const { body } = await client.request("GET", shopPath(namespace));
  return rollout.parse(body).spec.template.spec.containers[0]?.image;
}
