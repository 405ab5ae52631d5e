import { kubernetes } from "../../../adapters/kubernetes/client.ts";
import { argoRollouts } from "../../../adapters/targets/argo-rollouts.ts";
import { aroundShop, driven, opened, saying, shopPlan } from "./drive-shop.ts";

/** A run in a process of its own, to be killed: it says every turn, and drives a good version of the shop. */

const [kubeconfig = "", namespace = "", folder = ""] = process.argv.slice(2);
const config = { kind: "argo-rollouts" as const, namespace, name: "shop" };
const target = argoRollouts(config, kubernetes({ KUBECONFIG: kubeconfig }));
const around = aroundShop(
  folder,
  target,
  saying(() => "promote"),
  "runner-that-dies",
);
const rollout = await opened(shopPlan("shop:2"), around);
await driven(rollout, around, { progress: ({ code, sentence }) => console.log(`${code} ${sentence}`) });
