import { createHmac, randomUUID } from "node:crypto";
import type { App, Delivery, World } from "../state.ts";

/** One signed delivery of an event, recorded as GitHub records it, whatever the receiver answers. */

export type Sending = {
  app: App | null;
  target: { url: string; secret: string };
  event: string;
  payload: unknown;
  guid?: string;
  redelivery?: boolean;
};

export const signature = (secret: string, body: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

function actionOf(payload: unknown): string | null {
  if (typeof payload !== "object" || payload === null || !("action" in payload)) return null;
  return typeof payload.action === "string" ? payload.action : null;
}

export async function send(world: World, sending: Sending): Promise<Delivery> {
  const body = JSON.stringify(sending.payload);
  const guid = sending.guid ?? randomUUID();
  const headers = {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/emulated",
    "x-github-delivery": guid,
    "x-github-event": sending.event,
    "x-github-hook-id": String(sending.app?.id ?? 1),
    "x-github-hook-installation-target-type": sending.app ? "integration" : "repository",
    "x-github-hook-installation-target-id": String(sending.app?.id ?? 1),
    "x-hub-signature-256": signature(sending.target.secret, body),
  };
  const started = performance.now();
  const delivery: Delivery = {
    id: world.nextId(),
    guid,
    event: sending.event,
    action: actionOf(sending.payload),
    payload: sending.payload,
    url: sending.target.url,
    deliveredAt: world.now(),
    redelivery: sending.redelivery ?? false,
    durationSeconds: 0,
    statusCode: 0,
    requestHeaders: headers,
    responseBody: "",
    app: sending.app,
  };
  world.deliveries.push(delivery);
  try {
    const response = await fetch(sending.target.url, { method: "POST", headers, body });
    delivery.statusCode = response.status;
    delivery.responseBody = await response.text();
  } catch (error) {
    // GitHub records a receiver that is not there as 502 and does not try again by itself.
    delivery.statusCode = 502;
    delivery.responseBody = error instanceof Error ? error.message : String(error);
  }
  delivery.durationSeconds = Math.round(performance.now() - started) / 1000;
  return delivery;
}
