/** What traces are to the App. The kit that sends them is loaded only where a collector is named. */
export type Traces = {
  /** Runs below the span that is under way. Of what is thrown a trace gets the kind, never the words. */
  span<Result>(name: string, act: (note: Note) => Promise<Result>, about?: SpanAbout): Promise<Result>;
  /** Sends what is left; a collector that does not answer is not waited for. */
  close(): Promise<void>;
};

/** Adds to the span what is known only afterwards. */
export type Note = (attributes: SpanAttributes) => void;
export type SpanAttributes = Record<string, string | number | boolean>;
export type SpanAbout = {
  kind?: "server" | "client" | "consumer";
  attributes?: SpanAttributes;
  /** As performance.now() told it, where the span began before it was known to be worth one. */
  since?: number;
  /** "receipt": how a delivery came in; "rest": what was done with it, whenever and by whichever replica. */
  delivery?: { id: string; part: "receipt" | "rest" };
  /** The W3C header of whoever asked. */
  traceparent?: string | undefined;
};

export const noTraces: Traces = {
  span: (_, act) => act(() => undefined),
  close: async () => undefined,
};

export async function openTraces(wanted: boolean, warn: (sentence: string) => void): Promise<Traces> {
  if (!wanted) return noTraces;
  const { openTelemetry } = await import("./opentelemetry.ts");
  return openTelemetry(process.env, warn);
}
