import { send } from "../events/send.ts";
import { type Answer, type Call, notFound, numberOf, ok, Refusal, type Route, route } from "../route.ts";
import type { Delivery } from "../state.ts";

function own(call: Call): Delivery[] {
  const { token, world } = call;
  if (token?.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
  return world.deliveries.filter((one) => one.app === token.app);
}

function deliveryOf(call: Call): Delivery {
  const found = own(call).find((one) => one.id === numberOf(call, "delivery_id"));
  if (!found) throw notFound();
  return found;
}

function brief(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.statusCode >= 200 && delivery.statusCode < 300 ? "OK" : "Invalid HTTP Response",
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: null,
    repository_id: null,
    throttled_at: null,
  };
}

const whole = (delivery: Delivery) => ({
  ...brief(delivery),
  url: delivery.url,
  request: { headers: delivery.requestHeaders, payload: delivery.payload },
  response: { headers: {}, payload: delivery.responseBody },
});

/** This list pages by cursor, newest first, unlike GitHub's other lists. */
function list(call: Call): Answer {
  const wanted = call.query.get("status");
  const all = own(call)
    .reverse()
    .filter((one) => wanted === null || (brief(one).status === "OK") === (wanted === "success"));
  const cursor = call.query.get("cursor");
  const from =
    cursor === null
      ? 0
      : Math.max(
          all.findIndex((one) => `v1_${one.id}` === cursor),
          0,
        );
  const perPage = Math.min(Number(call.query.get("per_page") ?? 30) || 30, 100);
  const next = all[from + perPage];
  const link =
    next &&
    `<${call.world.url}/app/hook/deliveries?per_page=${perPage}${wanted === null ? "" : `&status=${wanted}`}&cursor=v1_${next.id}>; rel="next"`;
  return ok(all.slice(from, from + perPage).map(brief), link ? { link } : undefined);
}

/** The answer does not wait for the receiver, but the emulator does, so that a test need not poll. */
async function redeliver(call: Call): Promise<Answer> {
  const { app, guid, event, payload } = deliveryOf(call);
  if (app?.webhook)
    await send(call.world, { app, target: app.webhook, guid, event, payload, redelivery: true });
  return { status: 202, body: {} };
}

const deliveries = "/app/hook/deliveries";

export const deliveryRoutes: Route[] = [
  route({ operation: "apps/list-webhook-deliveries", path: `GET ${deliveries}`, appsOnly: true }, list),
  route(
    { operation: "apps/get-webhook-delivery", path: `GET ${deliveries}/{delivery_id}`, appsOnly: true },
    (call) => ok(whole(deliveryOf(call))),
  ),
  route(
    {
      operation: "apps/redeliver-webhook-delivery",
      path: `POST ${deliveries}/{delivery_id}/attempts`,
      appsOnly: true,
    },
    redeliver,
  ),
];
