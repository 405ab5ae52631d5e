import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Markup } from "../pages/html.ts";
import { styleSheet } from "../pages/style.ts";
import { convert } from "./convert.ts";
import { haveCredentials, writeCredentials } from "./credentials.ts";
import { organisationPattern, webOf } from "./manifest.ts";
import { choicePage, confirmPage, madePage, problemPage, type SetupChoice } from "./pages.ts";
import { tiers } from "./permissions.ts";

export type SetupOptions = {
  /** Where the credentials are kept. */
  folder: string;
  publicUrl: string;
  baseUrl?: string;
  /** Told once the credentials are on disk. */
  made?(slug: string): void;
};

export type Setup = {
  /** Only who can read the terminal knows it: a server that nobody set up yet is anybody's. */
  address: string;
  /** Gives true where it has answered. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
};

const cookieName = "adaptive-deploy-setup";
const asked = z.object({
  tier: z.enum(tiers).optional().catch(undefined),
  teams: z.literal("1").optional().catch(undefined),
  organisation: z.string().trim().optional().catch(undefined),
});

/** GitHub's App manifest flow: the choice, a page with a button, and the way back with a code. All end with the credentials. */
export function setup(options: SetupOptions): Setup {
  const key = randomBytes(24).toString("base64url");
  const seal = randomBytes(32);
  const sealed = (state: string): string => createHmac("sha256", seal).update(state).digest("base64url");
  const used = new Set<string>();

  function show(step: "choose" | "confirm", query: URLSearchParams, response: ServerResponse): void {
    if (!same(query.get("key") ?? "", key)) {
      say(response, 403, problemPage("Open the address that the server printed when it started."));
      return;
    }
    const { tier, teams, organisation } = asked.parse(Object.fromEntries(query));
    const isAccount = !organisation || organisationPattern.test(organisation);
    const choice: SetupChoice = {
      tier: tier ?? "observe",
      teams: teams === "1",
      ...(organisation && isAccount ? { organisation } : {}),
    };
    if (step === "choose") {
      say(response, 200, choicePage({ ...options, key, choice }));
      return;
    }
    // Never an App for another account, or with other rights, than the person meant.
    if (!tier || !isAccount) {
      const problem = isAccount
        ? "Choose what the App may do."
        : "That is no organisation's name on GitHub: letters, digits and hyphens, 39 at most.";
      say(response, 400, choicePage({ ...options, key, choice, problem }));
      return;
    }
    const state = randomBytes(24).toString("base64url");
    response.setHeader("set-cookie", cookie(sealed(state), options.publicUrl));
    say(response, 200, confirmPage({ ...options, key, state, choice }));
  }

  async function callback(
    request: IncomingMessage,
    query: URLSearchParams,
    response: ServerResponse,
  ): Promise<void> {
    const state = query.get("state") ?? "";
    if (state === "" || used.has(state) || !same(cookieOf(request), sealed(state)))
      throw new UserError(
        "bad-state",
        "This did not begin on this server's setup page, or it is an old page. Begin again there.",
        exitCodes.badInput,
      );
    used.add(state);
    const made = await convert(query.get("code") ?? "", options.baseUrl);
    const file = await writeCredentials(options.folder, made.credentials);
    say(response, 200, madePage({ ...made, file }));
    options.made?.(made.slug);
  }

  /** Scripts, frames and foreign places are all refused; the one form goes to GitHub. */
  function say(response: ServerResponse, status: number, { text }: Markup): void {
    const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${webOf(options.baseUrl)}; frame-ancestors 'none'; base-uri 'none'`;
    response
      .writeHead(status, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      })
      .end(text);
  }

  return {
    address: new URL(`/setup?key=${key}`, options.publicUrl).href,
    async answer(request, response) {
      const url = new URL(request.url ?? "/", "http://setup");
      if (url.pathname === "/assets/page.css") {
        response.writeHead(200, { "content-type": "text/css; charset=utf-8" }).end(styleSheet);
        return true;
      }
      if (!["/setup", "/setup/confirm", "/setup/callback"].includes(url.pathname)) return false;
      try {
        if (request.method !== "GET") say(response, 405, problemPage("This page is only read."));
        else if (await haveCredentials(options.folder))
          say(response, 404, problemPage("The App has its credentials already; there is nothing to set up."));
        else if (url.pathname === "/setup") show("choose", url.searchParams, response);
        else if (url.pathname === "/setup/confirm") show("confirm", url.searchParams, response);
        else await callback(request, url.searchParams, response);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        say(response, error.exitCode === exitCodes.unavailable ? 502 : 400, problemPage(error.message));
      }
      return true;
    },
  };
}

function cookie(value: string, publicUrl: string): string {
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${cookieName}=${value}; Path=/setup; HttpOnly; SameSite=Lax; Max-Age=3600${secure}`;
}

function cookieOf({ headers }: IncomingMessage): string {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const own = pairs.find((pair) => pair.startsWith(`${cookieName}=`));
  return own?.slice(cookieName.length + 1) ?? "";
}

function same(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
