import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { inTurn } from "./in-turn.ts";

type Mover = ChildProcessByStdio<Writable, Readable, null>;

/** An `update-ref` process moves one ref after the other; where git refuses a move the process ends with it. */
export function refMover(folder: string, environment: NodeJS.ProcessEnv) {
  let child: Mover | undefined;

  function start(): Mover {
    const started = spawn("git", ["update-ref", "--no-deref", "-z", "--stdin"], {
      cwd: folder,
      env: environment,
      stdio: ["pipe", "pipe", "ignore"],
    });
    started.on("close", () => {
      if (child === started) child = undefined;
    });
    started.on("error", () => undefined);
    started.stdin.on("error", () => undefined);
    return started;
  }

  function ask(ref: string, to: string, from: string): Promise<boolean> {
    child ??= start();
    const mover = child;
    return new Promise((resolve) => {
      let said = "";
      const end = (moved: boolean) => {
        mover.stdout.removeAllListeners("data");
        mover.off("close", refused);
        resolve(moved);
      };
      const refused = () => end(false);
      mover.on("close", refused);
      mover.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
        if (said.includes("commit: ok\n")) end(true);
      });
      mover.stdin.write(`start\0update ${ref}\0${to}\0${from}\0prepare\0commit\0`);
    });
  }

  const turn = {};
  return {
    /** From exactly `from` (all zeros: from not being there; empty: from wherever it is) in one atomic step. */
    move: (ref: string, to: string, from: string): Promise<boolean> =>
      ref.includes("\0") ? Promise.resolve(false) : inTurn(turn, () => ask(ref, to, from)),
    close(): void {
      child?.stdin.end();
      child = undefined;
    },
  };
}
