import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answered, type OwnProcess, startProcess } from "./own-process.ts";
import { freePort } from "./prometheus-server.ts";

/**
 * The machine of examples/haproxy-shop: its servers are real processes. Of systemd there is one command, which the
 * sample's deploy/place.ts calls: it starts a server of the shop anew.
 */
export type Machine = {
  /** What the sample says and this machine has in its place: ports, folders, the socket. */
  own: [string, string][];
  socket: string;
  users: string;
  telemetryPort: number;
  staging: string;
  /** Folder of the programs that jobs find here. */
  programs: string;
  stop(): Promise<void>;
};

export async function shopMachine(folder: string): Promise<Machine> {
  const ports = { users: 8080, blue: 8081, green: 8082, staging: 8090, telemetry: 9090 };
  const found = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => [name, { port, own: await freePort() }] as const),
  );
  const port = (name: string): number => found.find(([one]) => one === name)?.[1].own ?? 0;
  const running = new Map<string, OwnProcess>();
  const home = (server: string): string => join(folder, "srv", server);
  const restart = async (server: string): Promise<void> => {
    await running.get(server)?.end();
    const surroundings = { cwd: home(server), environment: { PORT: String(port(server)) } };
    const program = startProcess(process.execPath, ["server.ts"], surroundings);
    running.set(server, program);
    const url = `http://127.0.0.1:${port(server)}/version`;
    await answered(server, program, () => fetch(url).catch(() => undefined), 30_000);
  };
  const unit = /^\/shop@(blue|green|staging)$/;
  const systemd = createServer((request, response) => {
    const [, server = ""] = unit.exec(request.url ?? "") ?? [];
    void restart(server).then(() => response.end());
  });
  await new Promise<void>((resolve) => systemd.listen(0, "127.0.0.1", resolve));
  const address = systemd.address();
  const at = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const programs = join(folder, "programs");
  mkdirSync(programs);
  mkdirSync(join(folder, "srv"));
  const systemctl = join(programs, "systemctl");
  const ask = "fetch(process.argv[1]).then(({ ok }) => process.exit(ok ? 0 : 1))";
  writeFileSync(systemctl, `#!/bin/sh\n[ "$1 $2" = "--user restart" ] && exec node -e '${ask}' "${at}/$3"\n`);
  chmodSync(systemctl, 0o755);
  const socket = join(folder, "admin.sock");
  return {
    own: [
      ...found.map(([, one]): [string, string] => [`127.0.0.1:${one.port}`, `127.0.0.1:${one.own}`]),
      ["/run/haproxy/admin.sock", socket],
      ["/run/haproxy/state", join(folder, "state")],
      ["/srv/shop", join(folder, "srv")],
    ],
    socket,
    users: `http://127.0.0.1:${port("users")}`,
    telemetryPort: port("telemetry"),
    staging: `http://127.0.0.1:${port("staging")}`,
    programs,
    stop: async () => {
      await Promise.all([...running.values()].map((one) => one.end()));
      systemd.closeAllConnections();
      await new Promise((resolve) => systemd.close(resolve));
    },
  };
}

/** Users of the shop: most buy a little, some buy by the hundred. What they were told instead of a price is kept. */
export function usersOf(url: string): { turnedAway: string[]; stop(): Promise<void> } {
  const stopping = new AbortController();
  const turnedAway: string[] = [];
  const user = async (): Promise<void> => {
    for (let count = 0; !stopping.signal.aborted; count += 1) {
      const path = ["/price/tea/1", "/price/cup/2", "/price/kettle/12", "/price/tea/120"][count % 4];
      try {
        const answer = await fetch(`${url}${path}`);
        const said = await answer.text();
        if (!answer.ok) turnedAway.push(`${answer.status} ${said}`);
      } catch (error) {
        turnedAway.push(String(error));
      }
      await sleep(20);
    }
  };
  const all = Array.from({ length: 6 }, user);
  return {
    turnedAway,
    stop: async () => {
      stopping.abort();
      await Promise.all(all);
    },
  };
}
