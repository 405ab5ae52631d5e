import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import type * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/json-text.ts";
import { refused } from "../targets/faults.ts";
import { proxyOf } from "../telemetry/proxy-of.ts";
import { type Access, accessOf } from "./access.ts";
import { lineFault, statusFault } from "./fault.ts";

/** One change of a JSON patch; `test` makes all of it depend on what stands there. */
export type PatchOperation =
  | { op: "test" | "add" | "replace"; path: string; value: unknown }
  | { op: "remove"; path: string };

/** `stale`: a test did not hold, or another was faster, in the server's words; nothing was written. */
export type Patched = "written" | { stale: string };

/** As much of a cluster's API as a target needs: to read objects, and to change them only as they were read. */
export type Kubernetes = {
  /** `what` completes "cannot …" in what a person reads. */
  read<Form extends z.ZodType>(path: string, form: Form, what: string): Promise<z.output<Form>>;
  patch(path: string, operations: readonly PatchOperation[], what: string): Promise<Patched>;
  /** Writes keys of annotations, whatever stands there; null takes one away. */
  annotate(path: string, annotations: Record<string, string | null>, what: string): Promise<void>;
  /** Throws where the change would be refused, and changes nothing. */
  tryPatch(path: string, what: string): Promise<void>;
};

const answerMs = 10_000;
const mostForbidden = 8;
const betweenForbiddenMs = 500;
const mostBytes = 32 * 1024 * 1024;

type Line = { access: Access; dispatcher: Dispatcher };

/** Nothing is read or opened before the first request. */
export function kubernetes(environment: NodeJS.ProcessEnv, context?: string): Kubernetes {
  let line: Promise<Line> | null = null;
  const lineOf = (): Promise<Line> => {
    const opening = async (): Promise<Line> => {
      const access = await accessOf(environment, context);
      return { access, dispatcher: dispatcherOf(access, environment) };
    };
    line ??= opening();
    return line;
  };
  const patched = async (path: string, type: string, value: unknown, what: string): Promise<Answer> =>
    ask(await lineOf(), { method: "PATCH", path, body: { type, value } }, what);

  return {
    async read(path, form, what) {
      const { status, text } = await ask(await lineOf(), { method: "GET", path }, what);
      if (status >= 300) throw statusFault(status, text, what);
      const parsed = jsonText.pipe(form).safeParse(text);
      if (parsed.success) return parsed.data;
      const where = parsed.error.issues[0]?.path.join(".") ?? "";
      throw refused(`What the API server answers to ${what} is of no form that is known here (${where}).`);
    },
    async patch(path, operations, what) {
      const { status, text } = await patched(path, "json-patch", operations, what);
      if (status === 409 || status === 422) return { stale: statusFault(status, text, what).message };
      if (status >= 300) throw statusFault(status, text, what);
      return "written";
    },
    async annotate(path, annotations, what) {
      const { status, text } = await patched(path, "merge-patch", { metadata: { annotations } }, what);
      if (status >= 300) throw statusFault(status, text, what);
    },
    async tryPatch(path, what) {
      const { status, text } = await patched(`${path}?dryRun=All`, "merge-patch", {}, what);
      if (status >= 300) throw statusFault(status, text, what);
    },
  };
}

type Asked = { method: "GET" | "PATCH"; path: string; body?: { type: string; value: unknown } };
type Answer = { status: number; text: string };

/** A server that has just started refuses everybody until it has read its roles. */
async function ask(line: Line, asked: Asked, what: string): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(line, asked, what);
    if (answer.status !== 403 || attempt === mostForbidden) return answer;
    await sleep(betweenForbiddenMs);
  }
}

async function askOnce({ access, dispatcher }: Line, asked: Asked, what: string): Promise<Answer> {
  const { method, path, body } = asked;
  const base = access.server.href.replace(/\/$/, "");
  try {
    const token = await access.token();
    const answer = await request(`${base}${path}`, {
      dispatcher,
      method,
      headers: {
        accept: "application/json",
        "user-agent": "adaptive-deploy",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": `application/${body.type}+json` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body.value) }),
      signal: AbortSignal.timeout(answerMs),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw lineFault(error, access.server.host, what);
  }
}

function dispatcherOf(access: Access, environment: NodeJS.ProcessEnv): Dispatcher {
  const { server, authority, certificate, key, serverName } = access;
  const tls = {
    ...(authority === undefined ? {} : { ca: authority }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  const options = { connect: { ...tls, timeout: 5000 }, maxResponseSize: mostBytes };
  const proxy = access.proxy ?? proxyOf(server, environment);
  return proxy === undefined
    ? new Agent(options)
    : new ProxyAgent({ uri: proxy, requestTls: tls, ...options });
}
