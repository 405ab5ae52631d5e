import type { IncomingMessage, ServerResponse } from "node:http";
import { accessFor, openAccess } from "./access.ts";
import { cookiesFor } from "./cookies.ts";
import { readForm } from "./form.ts";
import { type Frame, layout } from "./layout.ts";
import { fromLoopback } from "./loopback.ts";
import type { PageOptions } from "./options.ts";
import { type PagePath, pagePath } from "./paths.ts";
import { problemPage, signInPage } from "./plain-pages.ts";
import { type Answer, redirect, respondFor } from "./respond.ts";
import { same, secretsFrom } from "./secrets.ts";
import { sessionsIn } from "./sessions.ts";
import { missing, show } from "./show.ts";
import { beginSignIn, finishSignIn, localPath, signInSeconds } from "./sign-in.ts";
import { styleSheet } from "./style.ts";

export type { PageOptions, SignIn } from "./options.ts";

export type Pages = {
  /** False where the path is no page, and nothing was answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
};

/** The page at `/`: what was decided, why, who approved, and whether the record holds. Works without a script. */
export function createPages(options: PageOptions): Pages {
  const respond = respondFor(options);
  const answer = answering(options);
  return {
    handle: async (request, response) => {
      const address = URL.parse(request.url ?? "/", options.publicUrl);
      const path = address ? pagePath(address.pathname) : undefined;
      if (!address || !path) return false;
      try {
        respond(request, response, await answer(request, path, address));
      } catch (error) {
        options.warn?.(
          `The page ${address.pathname} could not be made: ${error instanceof Error ? error.message : String(error)}`,
        );
        respond(request, response, { status: 503, body: layout(bare, unavailable) });
      }
      return true;
    },
  };
}

const bare: Frame = { open: false, operator: () => false };
const unavailable = problemPage(
  "Not available now",
  "The page could not be made. Try again in a moment; the App's log says why.",
);
const refused = problemPage(
  "Refused",
  "This form did not come from this page. Go back, load it again, and try once more.",
);
const notHere = problemPage(
  "Refused",
  "Without a sign-in this page answers only on the machine that it runs on.",
);
const style: Answer = {
  body: styleSheet,
  headers: {
    "content-type": "text/css; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
  },
};

type Answering = (request: IncomingMessage, path: PagePath, address: URL) => Promise<Answer>;

function answering(options: PageOptions): Answering {
  return options.signIn === "open-on-loopback" ? openToLoopback(options) : withSignIn(options);
}

function onlyReads(request: IncomingMessage): Answer | undefined {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  return { status: 405, headers: { allow: "GET, HEAD" }, body: layout(bare, refused) };
}

function openToLoopback(options: PageOptions): Answering {
  const frame: Frame = { open: true, operator: () => true };
  const session = { id: "", login: "", token: "" };
  return async (request, path, address) => {
    if (!fromLoopback(request)) return { status: 403, body: layout(bare, notHere) };
    if (path.page === "style") return style;
    return (
      onlyReads(request) ?? show({ options, access: openAccess, session, frame }, path, address.searchParams)
    );
  };
}

function withSignIn(options: PageOptions): Answering {
  const secrets = secretsFrom(options.secret);
  const sessions = sessionsIn(options.database, secrets, options.now);
  const cookies = cookiesFor(options.publicUrl);
  const access = accessFor(options);
  const forms = signInForms(options, { secrets, sessions, cookies });
  return async (request, path, address) => {
    if (path.page === "style") return style;
    const id = cookies.read(request, "session");
    const session = id === undefined ? undefined : await sessions.find(id);
    if (path.page === "sign-in" || path.page === "callback" || path.page === "sign-out")
      return forms[path.page](request, address.searchParams, id);
    const wrong = onlyReads(request);
    if (wrong) return wrong;
    if (!session) {
      const to = localPath(address.pathname + address.search, options);
      return redirect(`/sign-in${to === "/" ? "" : `?to=${encodeURIComponent(to)}`}`);
    }
    const viewer = { login: session.login, formToken: secrets.formToken(session.id) };
    return show(
      {
        options,
        access,
        session,
        frame: { open: false, viewer, operator: () => access.administers(session) },
      },
      path,
      address.searchParams,
    );
  };
}

type Form = (
  request: IncomingMessage,
  query: URLSearchParams,
  session: string | undefined,
) => Promise<Answer>;
type Parts = {
  secrets: ReturnType<typeof secretsFrom>;
  sessions: ReturnType<typeof sessionsIn>;
  cookies: ReturnType<typeof cookiesFor>;
};

function signInForms(
  options: PageOptions,
  { secrets, sessions, cookies }: Parts,
): Record<"sign-in" | "callback" | "sign-out", Form> {
  const frame = bare;
  const { signIn } = options;
  if (signIn === "open-on-loopback") throw new TypeError("There is no sign-in in the demo.");
  const context = { options, signIn, secrets };
  const refusal: Answer = { status: 403, body: layout(frame, refused) };
  return {
    "sign-in": async (request, query) => {
      if (request.method === "GET" || request.method === "HEAD")
        return { body: layout(frame, signInPage(localPath(query.get("to") ?? "/", options))) };
      const form = request.method === "POST" ? await readForm(request) : undefined;
      if (!form) return refusal;
      const begun = beginSignIn(context, form.get("to") ?? "/");
      return redirect(begun.address, [cookies.set("sign-in", begun.cookie, signInSeconds)]);
    },
    callback: async (request, query, old) => {
      if (request.method !== "GET") return missing(frame);
      const done = await finishSignIn(context, query, cookies.read(request, "sign-in"));
      const clear = cookies.clear("sign-in");
      if (!done) {
        const body = layout(frame, signInPage("/", "GitHub did not confirm this sign-in. Please try again."));
        return { status: 403, headers: { "set-cookie": [clear] }, body };
      }
      if (old !== undefined) await sessions.end(old);
      const id = await sessions.begin(done, done.seconds);
      return redirect(done.to, [cookies.set("session", id, done.seconds), clear]);
    },
    "sign-out": async (request, _, id) => {
      const form = request.method === "POST" ? await readForm(request) : undefined;
      if (!form || id === undefined || !same(form.get("form") ?? "", secrets.formToken(id))) return refusal;
      await sessions.end(id);
      return redirect("/sign-in", [cookies.clear("session")]);
    },
  };
}
