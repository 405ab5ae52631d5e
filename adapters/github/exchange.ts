import { type IncomingMessage, request as plain } from "node:http";
import { request as secure } from "node:https";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** The part of fetch's words that an Octokit uses. */
export type Asked = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | null;
};
export type Answered = {
  status: number;
  statusText: string;
  url: string;
  headers: Map<string, string>;
  /** Read, and parsed where it is JSON. */
  body: unknown;
  text(): Promise<string>;
};

const unzipped = promisify(gunzip);

/** One request, for half of the processor's time that fetch takes: nobody reads these answers as a stream. */
export async function exchange(url: string, asked: Asked, timeoutMs: number): Promise<Answered> {
  const { answer, bytes } = await sent(url, asked, timeoutMs);
  const headers = new Map(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  const text = (headers.get("content-encoding") === "gzip" ? await unzipped(bytes) : bytes).toString("utf8");
  return {
    status: answer.statusCode ?? 0,
    statusText: answer.statusMessage ?? "",
    url,
    headers,
    body: /^application\/(scim\+)?json\b/.test(headers.get("content-type") ?? "") ? parsed(text) : text,
    text: async () => text,
  };
}

function sent(
  url: string,
  { method, headers, body, signal }: Asked,
  timeoutMs: number,
): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith("https:") ? secure : plain)(
      url,
      {
        ...(method === undefined ? {} : { method }),
        ...(signal ? { signal } : {}),
        headers: { "accept-encoding": "gzip", ...headers },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => resolve({ answer, bytes: Buffer.concat(chunks) }));
        answer.on("error", reject);
      },
    );
    const late = setTimeout(
      () => request.destroy(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      timeoutMs,
    );
    request.on("close", () => clearTimeout(late));
    // A name with several addresses fails at each of them; the first says why.
    request.on("error", (error) => reject(error instanceof AggregateError ? error.errors[0] : error));
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
