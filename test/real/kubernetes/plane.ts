import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { type Client, clientOf } from "./client.ts";
import { readKubeconfig } from "./kubeconfig.ts";

/** A real Kubernetes API server with etcd and controllers, and the real Argo Rollouts controller beside it. */
export type Plane = {
  /** Of who may do everything. */
  client: Client;
  /** The same for a program: the path of its file. Its server is a port of this side, not of their namespace. */
  kubeconfig: string;
  /** Where everything lies that it writes. */
  folder: string;
  /** The last that its processes said, for a test that fails. */
  said(): Promise<string>;
  /** As a crash ends it: at once. Connections to the port then end unanswered, until it is started again. */
  killApiServer(): Promise<void>;
  /** Over the data that etcd kept; it serves when this returns. */
  startApiServer(): Promise<void>;
  killRollouts(): Promise<void>;
  startRollouts(): Promise<void>;
  /** Ends all of its processes and removes its folder. */
  stop(): Promise<void>;
};

export async function startPlane(): Promise<Plane> {
  const programs = programFolder();
  const folder = await mkdtemp(join(tmpdir(), "plane-"));
  const log = await open(join(folder, "log"), "a");
  // It ends when its standard input does, and so with this process, however this one ends.
  const child = spawn(join(programs, "plane"), [folder], { stdio: ["pipe", "pipe", log.fd] });
  await log.close();
  const said = async () => (await readFile(join(folder, "log"), "utf8")).slice(-5_000);
  const tell = conversation(child, said);
  const stop = async () => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.stdin?.end();
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await tell();
    const kubeconfig = join(folder, "kubeconfig");
    const client = clientOf(await readKubeconfig(kubeconfig));
    await applyCrds(client, join(programs, "crds"));
    await tell("start rollouts");
    return {
      client,
      kubeconfig,
      folder,
      said,
      killApiServer: () => tell("kill apiserver"),
      startApiServer: () => tell("start apiserver"),
      killRollouts: () => tell("kill rollouts"),
      startRollouts: () => tell("start rollouts"),
      async stop() {
        await client.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Builds both programs where that was not done yet, which takes minutes. */
function programFolder(): string {
  const script = join(import.meta.dirname, "../../../scripts/install-kubernetes.sh");
  const said = execFileSync(script, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return said.trimEnd().split("\n").at(-1) ?? "";
}

/** Says a line and waits for the answer; without a line, waits for the first word of all. */
function conversation(child: ChildProcess, said: () => Promise<string>) {
  if (!child.stdin || !child.stdout) throw new Error("The plane was started without pipes.");
  const { stdin, stdout } = child;
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (line?: string): Promise<void> => {
    if (line !== undefined) stdin.write(`${line}\n`);
    const answer = await answers.next();
    if (answer.done) throw new Error(`The plane ended. Its log closes with:\n${await said()}`);
    if (answer.value.startsWith("failed")) throw new Error(`${line}: ${answer.value}`);
  };
}

/** Defines the resources of the controller's own release, and waits until they are served. */
async function applyCrds(client: Client, crds: string): Promise<void> {
  for (const name of await readdir(crds)) await client.apply(parse(await readFile(join(crds, name), "utf8")));
  const served = () => client.request("GET", "/apis/argoproj.io/v1alpha1/rollouts");
  while ((await served()).status === 404) await sleep(50);
}
