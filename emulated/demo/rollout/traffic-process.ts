import * as z from "zod";
import { fastClock, timesFaster } from "./clock.ts";
import { startVersion } from "./service.ts";
import { startStore } from "./store.ts";
import { startUsers } from "./users.ts";
import { serverNames, startWeightedProxy } from "./weighted-proxy.ts";

/**
 * The service, its proxy, its users and its store, in a process of their own: users go on asking while a verdict is
 * reckoned. Ends with the process that started it.
 */
const [began = "0", socket = "", first = "", failing = "0"] = process.argv.slice(2);
const requestsPerSecond = 1500;

const clock = fastClock(Number(began));
const stable = await startVersion(first, Number(failing));
const proxy = await startWeightedProxy(socket, stable);
startUsers(proxy.url, requestsPerSecond);
const perSecond = requestsPerSecond / timesFaster;
const past = { version: first, perSecond, badPerSecond: (perSecond * Number(failing)) / 10_000 };
const store = await startStore(proxy, past, () => clock.now() / 1000);

const deploy = z.object({ server: z.enum(serverNames), version: z.string(), failing: z.number() });
process.on("message", (message) => {
  const asked = deploy.parse(message);
  void startVersion(asked.version, asked.failing).then((version) => {
    proxy.behind(asked.server, version);
    process.send?.({ deployed: asked.version });
  });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ url: proxy.url, store: store.url });
