import type { PlaceConfiguration } from "../configuration.ts";
import { logTo } from "../log.ts";
import { type Served, serve } from "../server.ts";
import { type Setup, setup } from "./index.ts";

/** A server for as long as there are no credentials: it takes no webhook, because it could not check one. */
export async function serveSetup(
  place: PlaceConfiguration,
  made: (slug: string) => void = () => undefined,
): Promise<Served & { setupAddress: string }> {
  const log = logTo("info");
  let flow: Setup | undefined;
  const served = await serve(place, {
    webhook: async (_, response) => {
      response
        .writeHead(503, { "content-type": "application/json" })
        .end('{"message":"The App is not set up yet."}\n');
    },
    isReady: async () => false,
    warn: (sentence) => log.warn(sentence),
    others: [async (request, response) => (await flow?.answer(request, response)) ?? false],
  });
  // Without PUBLIC_URL the page is this server's own address, which a GitHub on the same machine can reach.
  flow = setup({
    folder: place.folder,
    publicUrl: place.publicUrl ?? served.url,
    ...(place.baseUrl ? { baseUrl: place.baseUrl } : {}),
    made,
  });
  return { ...served, setupAddress: flow.address };
}
