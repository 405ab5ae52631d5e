import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url));

export type Writer = { child: ChildProcess; lines: AsyncIterable<string> };

export function startWriter(settings: object, ...more: string[]): Writer {
  const child = spawn(process.execPath, [script, JSON.stringify(settings), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child, lines: createInterface({ input: child.stdout }) };
}

/** Runs a writer to its end and gives what it printed; a writer that fails fails the test. */
export async function runWriter(settings: object, ...more: string[]): Promise<unknown[]> {
  const { child, lines } = startWriter(settings, ...more);
  const ended = once(child, "close");
  const printed: unknown[] = [];
  for await (const line of lines) printed.push(JSON.parse(line));
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`A writer ended with ${exitCode}.`);
  return printed;
}
