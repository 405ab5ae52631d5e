import * as z from "zod";
import { canonicalJson } from "../../core/evidence/canonical.ts";
import { openChain, readableEvents, seal } from "../../core/evidence/chain.ts";
import { faultKinds } from "../../core/evidence/fault.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { segmentText } from "../../core/evidence/segment.ts";
import { requireStream } from "../../core/evidence/stream.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import { type AppAsked, askApp, unavailable } from "./app-asking.ts";

export type AppLedgerSettings = {
  /** Where the App is: https, or http on loopback. */
  url: string;
  /** "owner/name" */
  repository: string;
  token: () => Promise<string>;
};

const head = z.strictObject({ sequence: z.int().nonnegative(), hash: z.string() }).nullable();
const headAnswer = z.object({ head });
const streamsAnswer = z.object({ streams: z.array(z.string()) });
const appendAnswer = z.object({ events: z.array(z.looseObject({ hash: z.string() })) });
const chainAnswer = z.object({
  events: z.array(z.unknown()),
  head,
  fault: z
    .object({
      stream: z.string(),
      sequence: z.int(),
      kind: z.enum(faultKinds),
      where: z.string(),
      sentence: z.string(),
    })
    .optional(),
  unverified: z.array(z.unknown()).optional(),
});

/**
 * The App's ledger over its HTTP API. What the App says is checked here again: a chain by its hashes, and an append by
 * sealing the events here as well, so an App that was taken over cannot hand out a chain that it made up in part.
 */
export function appLedger(settings: AppLedgerSettings): Ledger {
  const base = `/v1/ledger/${settings.repository.split("/").map(encodeURIComponent).join("/")}`;
  const ask = <Shape extends z.ZodType>(asked: Omit<AppAsked, "url" | "token">, shape: Shape) =>
    askApp({ ...settings, ...asked }, shape);
  const pathOf = (stream: string): string => {
    requireStream(stream);
    return `${base}/${encodeURIComponent(stream)}`;
  };

  return {
    async streams() {
      const { streams } = await ask({ path: `${base}/streams` }, streamsAnswer);
      return streams;
    },
    async head(stream) {
      return (await ask({ path: `${pathOf(stream)}/head` }, headAnswer)).head;
    },
    async read(stream) {
      const where = pathOf(stream);
      const { events, fault, unverified = [] } = await ask({ path: where }, chainAnswer);
      const text = events.map((event) => `${canonicalJson(event)}\n`).join("");
      const chain = openChain(stream, events.length ? [{ first: 0, where, text }] : []);
      if (chain.fault !== undefined || fault === undefined) return chain;
      const readable = readableEvents(unverified.map((event) => canonicalJson(event)));
      return { ...chain, fault, ...(readable.length ? { unverified: readable } : {}) };
    },
    async append(stream, events, expected: Head | null) {
      const path = pathOf(stream);
      const sealed = seal(stream, expected, events);
      if (!sealed.length) return [];
      segmentText(sealed);
      const answer = await ask(
        { path, body: { expected, events }, moved: () => new HeadMoved(stream) },
        appendAnswer,
      );
      if (answer.events.map(({ hash }) => hash).join() !== sealed.map(({ hash }) => hash).join())
        throw unavailable("The App's answer to an append does not fit what was sent.");
      return sealed;
    },
  };
}
