import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { answered } from "../own-process.ts";
import { badImages } from "./device.ts";
import type { Hawkbit } from "./hawkbit.ts";
import { type Signer, swupdate } from "./swupdate.ts";

/** The real swupdate as a device of a real hawkBit: it asks every second, and restarts itself into a new image. */
export type SwupdateDevice = {
  id: string;
  /** Where an image for it has to put its firmware. */
  path: string;
  firmware(): Promise<string>;
  said(): string;
  stop(): Promise<void>;
};

export async function startSwupdateDevice(
  hawkbit: Hawkbit,
  id: string,
  { certificate }: Pick<Signer, "certificate">,
): Promise<SwupdateDevice> {
  const folder = await mkdtemp(join(tmpdir(), "device-"));
  const path = join(folder, "firmware");
  const previous = join(folder, "previous");
  await writeFile(path, "firmware of the factory");
  await copyFile(path, previous);

  const server = [
    "--tenant",
    "DEFAULT",
    "--url",
    hawkbit.url,
    "--id",
    id,
    "--gatewaytoken",
    hawkbit.gatewayToken,
  ];
  const boot = (...more: string[]) =>
    swupdate(folder, certificate, ["--suricatta", [...server, "--polldelay", "1", ...more].join(" ")]);
  let program = boot();
  let stopped = false;

  /** As a device with two slots: an image that does not come up is left for the one before. */
  const restart = async (): Promise<void> => {
    await program.end();
    const comesUp = !Object.values(badImages).includes(await readFile(path, "utf8"));
    await (comesUp ? copyFile(path, previous) : copyFile(previous, path));
    program = boot("--confirm", comesUp ? "2" : "3");
  };
  const life = (async () => {
    for (; !stopped && program.running(); await sleep(50))
      if (program.said().includes("Update successful, executing post-update actions")) await restart();
  })();

  const known = () =>
    hawkbit.ask("GET", `/targets/${id}`).then(
      (answer) => z.object({ controllerId: z.string() }).parse(answer),
      () => undefined,
    );
  await answered("swupdate", program, known);
  return {
    id,
    path,
    firmware: () => readFile(path, "utf8"),
    said: () => program.said(),
    stop: async () => {
      stopped = true;
      await life;
      await program.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
