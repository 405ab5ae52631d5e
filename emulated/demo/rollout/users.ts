import { Agent, request } from "node:http";

/** Users who never stop asking: so many requests a second, spread evenly. */
export function startUsers(url: string, perSecond: number): { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const everyMs = 10;
  let owed = 0;
  const timer = setInterval(() => {
    owed = Math.min(owed + (perSecond * everyMs) / 1000, perSecond);
    for (; owed >= 1; owed -= 1) ask(url, agent);
  }, everyMs);
  return {
    close: () => {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

function ask(url: string, agent: Agent): void {
  const asked = request(url, { agent }, (answer) => answer.resume());
  // What fails is the proxy's to count.
  asked.once("error", () => undefined);
  asked.end();
}
