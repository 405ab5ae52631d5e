import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Markup } from "./html.ts";
import type { PageOptions } from "./options.ts";

/** What every answer of the page carries. Nothing is loaded from elsewhere, nothing runs, nobody frames it. */

export type Answer = {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: Markup | string;
  /** The style inside what is drawn on the page, which is allowed by its hash. */
  drawnStyle?: string;
};

export type Respond = (request: IncomingMessage, response: ServerResponse, answer: Answer) => void;

export function respondFor({ publicUrl, signIn }: Pick<PageOptions, "publicUrl" | "signIn">): Respond {
  const github = signIn === "open-on-loopback" ? "" : ` ${new URL(signIn.authorizeUrl).origin}`;
  const always = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(publicUrl.startsWith("https:") ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
  return (request, response, { status = 200, headers = {}, body = "", drawnStyle }) => {
    const drawn = drawnStyle === undefined ? "" : ` '${hashOf(drawnStyle)}'`;
    const bytes = Buffer.from(typeof body === "string" ? body : body.text);
    response.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      ...always,
      "content-security-policy": [
        "default-src 'none'",
        `style-src 'self'${drawn}`,
        "img-src 'self' data:",
        `form-action 'self'${github}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join("; "),
      "content-length": bytes.length,
      ...headers,
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
  };
}

function hashOf(style: string): string {
  return `sha256-${createHash("sha256").update(style).digest("base64")}`;
}

export function redirect(location: string, cookies: string[] = []): Answer {
  return { status: 303, headers: { location, ...(cookies.length > 0 ? { "set-cookie": cookies } : {}) } };
}
