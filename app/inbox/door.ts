import type { IncomingMessage, ServerResponse } from "node:http";
import type { Queries } from "../../adapters/database/database.ts";
import { batches } from "./batch.ts";
import { type Receiving, receive } from "./receive.ts";
import { type Delivery, insertDeliveries, type ReadyLane } from "./store.ts";

export type WebhookDoor = Omit<Receiving, "store" | "stored" | "reading"> & {
  database: Queries;
  wake(lane: ReadyLane): void;
  /** Told where a delivery could not be stored: it was refused, and has to be asked for again. */
  refused(): void;
};

/** Where webhooks come in: many at once are stored with one statement. */
export function webhookDoor({ database, wake, refused, ...receiving }: WebhookDoor) {
  const insert = batches<Delivery>((items) => insertDeliveries(database, items), {
    mostItems: 250,
    atOnce: 2,
  });
  const store = (delivery: Delivery): Promise<void> =>
    insert(delivery).catch((error: unknown) => {
      refused();
      throw error;
    });
  const stored = ({ address }: Delivery): void =>
    wake({ lane: address.lane, installation_id: address.installation ?? null });
  const reading = { bytes: 0 };
  return (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    receive(request, response, { ...receiving, store, stored, reading });
}
