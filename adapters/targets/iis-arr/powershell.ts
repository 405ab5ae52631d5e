import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { refused, unavailable } from "../faults.ts";
import { longestSeconds } from "./change-set.ts";
import type { Call, IisArrPorts } from "./hosts.ts";

const run = promisify(execFile);

export type PowerShellSettings = {
  /** Path of apply.ps1 on this machine. */
  script: string;
  /** Name of the JEA endpoint on every machine; the runner's own is reached the same way, and so has no other rights. */
  endpoint: string;
  /** Windows PowerShell 5.1, unless a test says otherwise. */
  program?: { file: string; words: string[] };
  /** How long a machine is waited for. */
  limitSeconds?: (call: Call) => number;
};

/** Far below the time of a lease: a machine that hangs must not cost it. A change may take what its own waits take. */
export const limitOf = (call: Call): number => (call.verb === "observe" ? 60 : longestSeconds(call.document));

const windows = { file: "powershell.exe", words: ["-NoProfile", "-NonInteractive", "-File"] };

/** The document goes into a file of its own and never into the command line; the answer is what is printed. */
export function powerShell(settings: PowerShellSettings): IisArrPorts {
  const { script, endpoint, program = windows, limitSeconds = limitOf } = settings;
  return {
    async run(call) {
      const { host, verb, document } = call;
      const seconds = limitSeconds(call);
      if (!/^\w[\w.-]*$/.test(host)) throw refused(`"${host}" is not the name of a machine.`);
      const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-iis-"));
      try {
        const file = join(folder, "document.json");
        await writeFile(file, JSON.stringify(document));
        const remote = ["-ComputerName", host, "-Endpoint", endpoint];
        const words = [...program.words, script, "-Verb", verb, "-Document", file, ...remote];
        const { stdout } = await run(program.file, words, {
          timeout: seconds * 1000,
          maxBuffer: 64 * 1024 * 1024,
        });
        return JSON.parse(stdout.replace(/^\uFEFF/, ""));
      } catch (error) {
        const late = error instanceof Error && "killed" in error && error.killed === true;
        throw late ? unavailable(`${host} does not answer within ${seconds} s.`) : error;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
