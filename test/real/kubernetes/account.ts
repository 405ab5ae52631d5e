import { join } from "node:path";
import { z } from "zod";
import { readKubeconfig, writeKubeconfig } from "./kubeconfig.ts";
import type { Plane } from "./plane.ts";

const tokenAnswer = z.object({ status: z.object({ token: z.string() }) });

/**
 * A service account with rights of its own, and a kubeconfig with a real token of it, whose path is given: so a Role
 * is proven to be enough, and to be no more than that. The namespace has to be there.
 */
export async function accountWith(plane: Plane, namespace: string, rules: readonly unknown[]) {
  const rbac = "rbac.authorization.k8s.io";
  const metadata = { name: "account", namespace };
  await plane.client.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  await plane.client.apply({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules });
  await plane.client.apply({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata,
    subjects: [{ kind: "ServiceAccount", name: "account", namespace }],
    roleRef: { apiGroup: rbac, kind: "Role", name: "account" },
  });
  const asked = await plane.client.request(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/account/token`,
    { type: "json", value: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} } },
  );
  const { token } = tokenAnswer.parse(asked.body).status;
  const path = join(plane.folder, `${namespace}.kubeconfig`);
  await writeKubeconfig(path, { ...(await readKubeconfig(plane.kubeconfig)), token });
  return path;
}
