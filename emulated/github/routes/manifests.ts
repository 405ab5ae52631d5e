import { generateKeyPairSync } from "node:crypto";
import { addApp } from "../build-state.ts";
import type { AppOptions } from "../options.ts";
import { type Answer, type Call, notFound, type Route, route } from "../route.ts";
import { renderApp } from "../shapes/user.ts";

/** Trades a code, once, for the App that somebody's manifest asked for, with all its secrets. */
function convert(call: Call): Answer {
  const { world } = call;
  const code = call.parameters.code ?? "";
  const manifest: AppOptions | undefined = world.manifests.get(code);
  if (!manifest) throw notFound();
  world.manifests.delete(code);
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const app = addApp(world, {
    ...manifest,
    publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
  });
  return {
    status: 201,
    body: {
      ...renderApp(world, app),
      client_secret: "emulated client secret",
      webhook_secret: manifest.webhook?.secret ?? "emulated webhook secret",
      pem: keys.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    },
  };
}

export const manifestRoutes: Route[] = [
  route({ operation: "apps/create-from-manifest", path: "POST /app-manifests/{code}/conversions" }, convert),
];
