import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

/** A real headless Chromium over its DevTools protocol, as far as the page's tests need it. */

const message = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
type Fields = Record<string, unknown>;

export type Chromium = Awaited<ReturnType<typeof startChromium>>;

export async function startChromium() {
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-pages-"));
  const child = await started(folder);
  const socket = await pageSocket(child.address);
  const waiting = new Map<number, (answer: z.infer<typeof message>) => void>();
  const events: { method: string; params: Fields }[] = [];
  socket.addEventListener("message", ({ data }) => {
    const { id, method, params, ...rest } = message.parse(JSON.parse(String(data)));
    if (id !== undefined) waiting.get(id)?.(rest);
    else if (method !== undefined) events.push({ method, params: params ?? {} });
  });
  let last = 0;
  const send = async (method: string, params: Fields = {}): Promise<Fields> => {
    const id = ++last;
    const answer = await new Promise<z.infer<typeof message>>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  };
  for (const domain of ["Page", "Network", "Log", "Runtime", "Audits"]) await send(`${domain}.enable`);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send("Runtime.evaluate", { expression, returnByValue: true });
    return z.looseObject({ value: z.unknown().optional() }).parse(result).value;
  };
  const settled = async () => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (events.some(({ method }) => method === "Page.loadEventFired")) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("The page did not load within 5 s.");
  };
  const afterLoad = async (act: () => Promise<unknown>) => {
    events.splice(0, events.length);
    await act();
    await settled();
  };
  return {
    send,
    evaluate,
    events,
    open: (url: string) => afterLoad(() => send("Page.navigate", { url })),
    /** What a click or a key leads to. */
    afterLoad,
    key: async (key: string, code: number) => {
      const typed = key === "Enter" ? { text: "\r" } : {};
      await send("Input.dispatchKeyEvent", {
        type: "keyDown",
        key,
        code: key,
        windowsVirtualKeyCode: code,
        ...typed,
      });
      await send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, windowsVirtualKeyCode: code });
    },
    look: async (about: { width: number; dark: boolean }) => {
      const screen = { width: about.width, height: 900, deviceScaleFactor: 1, mobile: false };
      await send("Emulation.setDeviceMetricsOverride", screen);
      const value = about.dark ? "dark" : "light";
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
    },
    close: async () => {
      socket.close();
      await child.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function started(folder: string) {
  for (const name of ["chromium", "google-chrome"]) {
    const child = spawn(name, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--remote-debugging-port=0",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      `--user-data-dir=${folder}`,
      "about:blank",
    ]);
    const address = await new Promise<string | undefined>((resolve) => {
      child.once("error", () => resolve(undefined));
      child.once("exit", () => resolve(undefined));
      child.stderr.on("data", (text) => {
        const found = /ws:\/\/([^/]+)\//.exec(String(text))?.[1];
        if (found) resolve(found);
      });
    });
    if (address === undefined) continue;
    const stop = async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await gone;
    };
    return { address, stop };
  }
  throw new Error("No browser started: install chromium (.ci/run does).");
}

async function pageSocket(address: string): Promise<WebSocket> {
  const opened = await fetch(`http://${address}/json/new?about:blank`, { method: "PUT" });
  const { webSocketDebuggerUrl } = z
    .looseObject({ webSocketDebuggerUrl: z.string() })
    .parse(await opened.json());
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}
