import { terminalLines } from "../core/render/escape.ts";

/** What a verb may do with the person or program that called it. */
export type Terminal = {
  out(text: string): void;
  /** Progress and warnings: never mixed into what a program reads. */
  note(text: string): void;
  colour: boolean;
  width: number;
  environment: Record<string, string | undefined>;
};

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${terminalLines(text)}\n`),
    colour: Boolean(stdout.isTTY) && env.NO_COLOR === undefined && env.TERM !== "dumb",
    width: Math.min(120, Math.max(60, stdout.columns ?? 100)),
    environment: env,
  };
}
