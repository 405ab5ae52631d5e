import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, request } from "undici";
import { plain } from "../../core/render/escape.ts";
import { telemetryFault } from "./fault.ts";
import { networkCode } from "./network-fault.ts";

export type Probe = {
  /** For example `ready of candidate`. */
  name: string;
  url: string;
  /** Statuses that are good; absent: 200 to 299. */
  expected?: readonly number[];
};

export type ProbeOptions = {
  /** How long it is asked again until it is ready; two minutes where absent. */
  timeoutSeconds?: number;
  /** For each try; 5 where absent. */
  trySeconds?: number;
  /** Between two tries; 2 where absent. */
  pauseSeconds?: number;
  /** PEM file of authorities that are believed instead of the public ones. */
  authorityFile?: string;
};

export type ProbeResult = {
  name: string;
  /** Without user, password, query and fragment. */
  url: string;
  ok: boolean;
  /** Of the last try, where it was answered. */
  status?: number;
  /** Of the last try. */
  milliseconds: number;
  sentence: string;
};

const defaults = { timeoutSeconds: 120, trySeconds: 5, pauseSeconds: 2 };

/** Asks every address until it is ready or the time is up, all of them at once. No body is kept. */
export async function probe(probes: readonly Probe[], options: ProbeOptions = {}): Promise<ProbeResult[]> {
  const dispatcher = new Agent({ connect: authority(options.authorityFile), maxRedirections: 0 });
  try {
    return await Promise.all(probes.map((one) => untilReady(one, { ...defaults, ...options }, dispatcher)));
  } finally {
    await dispatcher.destroy();
  }
}

type Tried = { status?: number; milliseconds: number; said: string };

async function untilReady(
  { name, url, expected }: Probe,
  { timeoutSeconds, trySeconds, pauseSeconds }: Required<Omit<ProbeOptions, "authorityFile">>,
  dispatcher: Dispatcher,
): Promise<ProbeResult> {
  const address = addressOf(name, url);
  const shown = `${address.origin}${address.pathname}`;
  const started = performance.now();
  const [total, longest, pause] = [timeoutSeconds * 1000, trySeconds * 1000, pauseSeconds * 1000];
  for (let tries = 1; ; tries += 1) {
    const tried = await once(address, Math.min(longest, total), dispatcher);
    const { status, milliseconds, said } = tried;
    const ok = status !== undefined && (expected?.includes(status) ?? (status >= 200 && status < 300));
    // No try begins that could not have its whole time: cut short, it would hide what the one before it was answered.
    const over = performance.now() - started + pause + longest > total;
    if (!ok && !over) {
      await sleep(pause);
      continue;
    }
    const times = tries === 1 ? "" : `, after ${tries} tries`;
    const sentence = ok
      ? `${plain(name)} is ready: ${shown} answered ${said}${times}.`
      : `${plain(name)} is not ready: ${shown} ${status === undefined ? said : `answered ${said}`}${times}.`;
    return { name, url: shown, ok, ...(status === undefined ? {} : { status }), milliseconds, sentence };
  }
}

async function once(address: URL, timeoutMs: number, dispatcher: Dispatcher): Promise<Tried> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  try {
    const { statusCode, headers, body } = await request(address, {
      dispatcher,
      headers: { accept: "*/*" },
      signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
    });
    // What a body says is no concern of a probe, and it may have no end.
    body.on("error", () => undefined).destroy();
    const location = statusCode >= 300 && statusCode < 400 ? headers.location?.toString() : undefined;
    const to = location === undefined ? null : URL.parse(location, address.href);
    const leads =
      to === null ? "" : ` and leads to ${plain(`${to.origin}${to.pathname}`)}, where nobody follows`;
    return { status: statusCode, milliseconds: elapsed(), said: `${statusCode}${leads}` };
  } catch (error) {
    const code = networkCode(error);
    const late = code.includes("TIMEOUT");
    const said = late
      ? `did not answer within ${Math.round(timeoutMs) / 1000} s`
      : `cannot be reached (${plain(code, 60)})`;
    return { milliseconds: elapsed(), said };
  }
}

function addressOf(name: string, url: string): URL {
  const address = URL.parse(url);
  if (address !== null && ["http:", "https:"].includes(address.protocol)) return address;
  throw telemetryFault(
    "telemetry-configuration",
    `The probe ${plain(name)} has no address that can be asked. Write http:// or https://, the host and the path.`,
  );
}

function authority(path: string | undefined): { ca?: string } {
  if (path === undefined) return {};
  try {
    return { ca: readFileSync(path, "utf8") };
  } catch {
    throw telemetryFault(
      "telemetry-configuration",
      `The authority file ${JSON.stringify(path.slice(0, 200))} of the probes cannot be read. Look at its path and permissions.`,
    );
  }
}
