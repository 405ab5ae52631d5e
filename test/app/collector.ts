import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";

/** A collector on loopback that takes OTLP over HTTP as JSON and keeps the spans, for tests. */
const value = z.union([
  z.object({ stringValue: z.string() }).transform((one) => one.stringValue),
  z.object({ intValue: z.coerce.number() }).transform((one) => one.intValue),
  z.object({ doubleValue: z.number() }).transform((one) => one.doubleValue),
  z.object({ boolValue: z.boolean() }).transform((one) => one.boolValue),
]);
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((all) => Object.fromEntries(all.map((one) => [one.key, one.value])));
const span = z.object({
  traceId: z.string().length(32),
  spanId: z.string().length(16),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes,
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
const sent = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});
export type ReceivedSpan = z.infer<typeof span> & { service: unknown };

export type Collector = {
  url: string;
  spans: ReceivedSpan[];
  /** Everything that came, to look for what must not be there. */
  bodies: string[];
  authorizations: (string | undefined)[];
  close(): Promise<void>;
};

export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    authorizations.push(request.headers.authorization);
    if (request.url !== "/v1/traces") return void response.writeHead(404).end();
    for (const { resource, scopeSpans } of sent.parse(JSON.parse(body)).resourceSpans)
      for (const one of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({ ...one, service: resource.attributes["service.name"] });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The collector has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    ...{ spans, bodies, authorizations },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
