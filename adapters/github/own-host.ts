import { exitCodes, UserError } from "../../core/errors.ts";
import { type Answered, type Asked, exchange } from "./exchange.ts";

const mostRedirects = 3;

/**
 * A fetch that speaks to one host and gives up in time. A token must not follow a redirect, nor an address that came
 * from somebody's data, to another place.
 */
export function ownHostFetch(baseUrl: string, timeoutMs: number): typeof fetch {
  return async (input, init = {}) => {
    const asked = input instanceof Request ? input.url : String(input);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    return await following(baseUrl, asked, init, (address) =>
      fetch(address, { ...init, signal, redirect: "manual" }),
    );
  };
}

/** The same for an Octokit, which has its answers parsed: `parseSuccessResponseBody` is to be false. */
export function ownHostExchange(
  baseUrl: string,
  timeoutMs: number,
): (address: string, asked?: Asked) => Promise<Answered> {
  return (address, asked = {}) =>
    following(baseUrl, address, asked, (place) => exchange(place, asked, timeoutMs));
}

type Redirecting = {
  status: number;
  headers: { get(name: string): string | null | undefined };
  body?: unknown;
};

async function following<Answer extends Redirecting>(
  baseUrl: string,
  asked: string,
  { method = "GET" }: { method?: string | undefined },
  send: (address: string) => Promise<Answer>,
): Promise<Answer> {
  const { origin } = new URL(baseUrl);
  const own = (address: string): string => {
    if (new URL(address).origin === origin) return address;
    throw new UserError(
      "foreign-host",
      `A request to ${new URL(address).host} was not sent: the App speaks to ${new URL(origin).host} only. GITHUB_API_URL names that host.`,
      exitCodes.unavailable,
    );
  };
  let address = own(asked);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await send(address);
    const location = answer.headers.get("location");
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304 || !location) return answer;
    // A renamed repository answers 301 to reads; a write is never sent twice.
    const isRead = method === "GET" || method === "HEAD";
    if (!isRead && answer.status !== 307 && answer.status !== 308) return answer;
    if (redirects >= mostRedirects) return answer;
    if (answer.body instanceof ReadableStream) await answer.body.cancel();
    address = own(new URL(location, address).href);
  }
}
