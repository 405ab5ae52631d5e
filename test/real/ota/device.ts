import { createHash } from "node:crypto";
import { z } from "zod";

/** What an image says in its bytes of itself, for a device to act it out. Any other image is a good one. */
export const badImages = {
  /** The device keeps its old image and reports a failure. */
  refusesToInstall: "bad image: refuses to install",
  /** The device reports that it is installed, and crashes from then on: only its telemetry shows it. */
  crashes: "bad image: crashes once installed",
};

/** One virtual device, which speaks DDI with a real hawkBit as a real one does. */
export type Device = {
  readonly id: string;
  /** The version that it runs; none before its first update. */
  version: string | undefined;
  crashing: boolean;
  /** What it was told and how that went, newest last: for a test to look at. */
  readonly history: string[];
};

/** Whom a device talks to, and whether it hangs halfway through an update. */
export type Conversation = { url: string; gatewayToken: string; stuck: boolean };

const link = z.object({ href: z.string() }).optional();
const base = z.object({
  _links: z.object({ deploymentBase: link, cancelAction: link, configData: link }).default({}),
});
const cancellation = z.object({ id: z.string(), cancelAction: z.object({ stopId: z.string() }) });
const artifact = z.object({
  hashes: z.object({ sha256: z.string() }),
  _links: z.object({ "download-http": z.object({ href: z.string() }) }),
});
const deployment = z.object({
  id: z.string(),
  deployment: z.object({
    chunks: z.array(z.object({ version: z.string(), artifacts: z.array(artifact).min(1) })).min(1),
  }),
});

/** Asks the server once and does what it says. */
export async function poll(device: Device, conversation: Conversation): Promise<void> {
  const home = `${conversation.url}/DEFAULT/controller/v1/${device.id}`;
  const found = await get(home, conversation);
  if (found === undefined) return;
  const { _links: links } = base.parse(await found.json());
  if (links.configData) await introduce(device, home, conversation);
  if (links.cancelAction) await cancel(device, home, links.cancelAction.href, conversation);
  else if (links.deploymentBase) await update(device, home, links.deploymentBase.href, conversation);
}

async function introduce(device: Device, home: string, conversation: Conversation): Promise<void> {
  const data = { hardware: "board 1.0", version: device.version ?? "none" };
  const body = { mode: "merge", data, status: report("closed", "success") };
  await send("PUT", `${home}/configData`, body, conversation);
}

async function cancel(device: Device, home: string, href: string, conversation: Conversation): Promise<void> {
  const found = await get(href, conversation);
  if (found === undefined || conversation.stuck) return;
  const { id, cancelAction } = cancellation.parse(await found.json());
  const body = { id, status: report("closed", "success") };
  await send("POST", `${home}/cancelAction/${id}/feedback`, body, conversation);
  device.history.push(`cancelled ${cancelAction.stopId}`);
}

async function update(device: Device, home: string, href: string, conversation: Conversation): Promise<void> {
  const found = await get(href, conversation);
  if (found === undefined) return;
  const { id, deployment: told } = deployment.parse(await found.json());
  const feedback = (execution: string, finished: string) => {
    const body = { id, status: report(execution, finished) };
    return send("POST", `${home}/deploymentBase/${id}/feedback`, body, conversation);
  };
  if (conversation.stuck) {
    if (device.history.at(-1) === `stuck in ${id}`) return;
    await feedback("proceeding", "none");
    device.history.push(`stuck in ${id}`);
    return;
  }
  for (const { version, artifacts } of told.chunks) {
    for (const { hashes, _links: links } of artifacts) {
      const image = await get(links["download-http"].href, conversation);
      if (image === undefined) return;
      const bytes = Buffer.from(await image.arrayBuffer());
      const whole = createHash("sha256").update(bytes).digest("hex") === hashes.sha256;
      if (!whole || bytes.includes(badImages.refusesToInstall)) {
        device.history.push(`failed ${version}`);
        await feedback("closed", "failure");
        return;
      }
      device.version = version;
      device.crashing = bytes.includes(badImages.crashes);
    }
    device.history.push(`installed ${version}`);
  }
  await feedback("closed", "success");
}

function report(execution: string, finished: string) {
  return { execution, result: { finished }, details: [] };
}

/** Nothing where the action was taken back between two requests: the device asks again at its next poll. */
async function get(url: string, { gatewayToken }: Conversation): Promise<Response | undefined> {
  const response = await fetch(url, { headers: { authorization: `GatewayToken ${gatewayToken}` } });
  if (response.ok) return response;
  return unlessGone(response, url);
}

async function send(
  method: string,
  url: string,
  body: unknown,
  { gatewayToken }: Conversation,
): Promise<void> {
  const headers = { authorization: `GatewayToken ${gatewayToken}`, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (response.ok) await response.arrayBuffer();
  else await unlessGone(response, url);
}

async function unlessGone(response: Response, url: string): Promise<undefined> {
  const text = await response.text();
  if (response.status !== 404 && response.status !== 410)
    throw new Error(`hawkBit answers a device's ${url} with ${response.status}: ${text.slice(0, 300)}`);
}
