import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that a test starts: what it says is kept, and it does not outlive the test, however that ends. */
export type OwnProcess = {
  pid: number;
  /** The end of what it said, for a test that fails. */
  said(): string;
  running(): boolean;
  /** Asks it to end, or ends it with another signal, and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
};

export type Surroundings = { cwd: string; environment?: Record<string, string> };

export function startProcess(program: string, parameters: string[], surroundings: Surroundings): OwnProcess {
  // Linux ends it where the test runner is killed and cannot clean up.
  const child = spawn("setpriv", ["--pdeathsig=TERM", program, ...parameters], {
    cwd: surroundings.cwd,
    env: { PATH: `${process.env.PATH}:/usr/sbin`, LC_ALL: "C.UTF-8", ...surroundings.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-50_000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.on("error", (error) => hear(Buffer.from(error.message)));
  // Over is over: all is said, and what it started itself is gone too.
  let over = false;
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => {
      over = true;
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    said: () => said,
    running: () => !over,
    end: async (signal = "SIGTERM") => {
      child.kill(signal);
      await closed;
    },
  };
}

/** Looks until there is an answer. A process that ended, or that takes too long, fails with the end of its log. */
export async function answered<Answer>(
  what: string,
  server: OwnProcess,
  look: () => Promise<Answer | undefined>,
  withinMs = 120_000,
): Promise<Answer> {
  for (const deadline = Date.now() + withinMs; ; await sleep(50)) {
    const answer = await look();
    if (answer !== undefined) return answer;
    const reason = !server.running() ? "ended" : Date.now() > deadline ? "takes too long" : undefined;
    if (reason !== undefined) {
      await server.end("SIGKILL");
      throw new Error(`${what} ${reason}. It said: ${server.said().slice(-3000)}`);
    }
  }
}
