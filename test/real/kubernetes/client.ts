import { Agent, request } from "undici";
import { z } from "zod";
import type { Access } from "./kubeconfig.ts";

export type Answer = { status: number; body: unknown };

/** As little of a Kubernetes client as tests need to lay out a scene and to look at it. */
export type Client = {
  request(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: Body): Promise<Answer>;
  /** Makes or changes an object of any kind, as `kubectl apply --server-side` does. */
  apply(object: unknown): Promise<void>;
  close(): Promise<void>;
};

/** A patch says its kind; other bodies are plain JSON. */
type Body = { type: "json" | "merge-patch+json" | "json-patch+json" | "apply-patch+yaml"; value: unknown };

export function clientOf({ server, authority, token }: Access): Client {
  const dispatcher = new Agent({ connect: { ca: authority } });
  const ask: Client["request"] = async (method, path, body) => {
    const answer = await request(`${server}${path}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { "content-type": `application/${body.type}` }),
      },
      ...(body && { body: JSON.stringify(body.value) }),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).startsWith("application/json");
    return { status: answer.statusCode, body: isJson ? JSON.parse(text) : text };
  };
  return {
    request: ask,
    async apply(object) {
      const path = `${pathOf(object)}?fieldManager=test&force=true`;
      const { status, body } = await ask("PATCH", path, { type: "apply-patch+yaml", value: object });
      if (status >= 300) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
    },
    close: () => dispatcher.destroy(),
  };
}

const named = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().default("default") }),
});
const clusterWide = ["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace"];

function pathOf(object: unknown): string {
  const { apiVersion, kind, metadata } = named.parse(object);
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = clusterWide.includes(kind) ? "" : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  return `${group}${place}/${plural}/${metadata.name}`;
}
