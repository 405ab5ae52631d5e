import * as z from "zod";
import { ownHostFetch } from "../../adapters/github/own-host.ts";
import { publicApi } from "../../adapters/github/places.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Credentials } from "./credentials.ts";

const conversion = z.looseObject({
  id: z.number().int(),
  slug: z.string().regex(/^[A-Za-z0-9-]+$/),
  pem: z.string().min(1),
  webhook_secret: z.string().min(1),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  html_url: z.url({ protocol: /^https?$/ }),
});

/** Trades GitHub's code, which lasts an hour and once, for the App's credentials. */
export async function convert(
  code: string,
  baseUrl = publicApi,
): Promise<{ slug: string; installAddress: string; credentials: Credentials }> {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(code))
    throw new UserError(
      "bad-code",
      "GitHub sent no code. Begin again on the setup page.",
      exitCodes.badInput,
    );
  const unavailable = (what: string): UserError =>
    new UserError(
      "github-unavailable",
      `${what} Begin again on the setup page; an App that was half made can be deleted in GitHub's settings.`,
      exitCodes.unavailable,
    );
  let answer: Response;
  try {
    answer = await ownHostFetch(baseUrl, 15_000)(`${baseUrl}/app-manifests/${code}/conversions`, {
      method: "POST",
      headers: { accept: "application/vnd.github+json", "user-agent": "adaptive-deploy" },
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unavailable("GitHub could not be reached to trade the code for the App's credentials.");
  }
  if (!answer.ok) throw unavailable(`GitHub answered ${answer.status} to the code.`);
  const read = conversion.safeParse(await answer.json().catch(() => undefined));
  if (!read.success) throw unavailable("GitHub's answer does not hold the App's credentials.");
  const { id, slug, pem, webhook_secret, client_id, client_secret, html_url } = read.data;
  return {
    slug,
    // An Enterprise Server shows its Apps elsewhere than github.com does; the answer says where.
    installAddress: `${html_url}/installations/new`,
    credentials: {
      appId: String(id),
      privateKey: pem,
      webhookSecret: webhook_secret,
      clientId: client_id,
      clientSecret: client_secret,
    },
  };
}
