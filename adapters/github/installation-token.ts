import * as z from "zod";
import type { GitHubClient } from "./client.ts";

export type TokenSource = {
  current(): Promise<string>;
  /** GitHub refused the token: the next one is new, asked for once however many noticed. */
  renew(): Promise<void>;
};

const answer = z.looseObject({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** Tokens last an hour, and one for a job that is still running is renewed before it ends. */
export function installationToken(
  app: GitHubClient,
  installation: number,
  { marginMs, now }: { marginMs: number; now: () => number },
): TokenSource {
  let asked: Promise<{ token: string; until: number }> | undefined;
  let renewing: Promise<void> | undefined;

  function ask(): Promise<{ token: string; until: number }> {
    const fresh = app
      .request("POST /app/installations/{installation_id}/access_tokens", { installation_id: installation })
      .then(({ data }) => {
        const { token, expires_at } = answer.parse(data);
        // Our clock may be off, but never by so much that a token is renewed at every request.
        const until = Math.max(Date.parse(expires_at) - marginMs, now() + 60_000);
        return { token, until };
      });
    asked = fresh;
    fresh.catch(() => {
      if (asked === fresh) asked = undefined;
    });
    return fresh;
  }

  return {
    async current() {
      const known = await (asked ?? ask());
      return known.until > now() ? known.token : (await ask()).token;
    },
    renew() {
      renewing ??= ask()
        .then(() => undefined)
        .finally(() => {
          renewing = undefined;
        });
      return renewing;
    },
  };
}
