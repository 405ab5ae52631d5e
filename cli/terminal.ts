import { terminalLines } from "../core/render/escape.ts";

/** What a verb may do with the person or program that called it. */
export type Terminal = {
  out(text: string): void;
  /** Progress and warnings: never mixed into what a program reads. */
  note(text: string): void;
  /** Draws a line over the one that was drawn last, and an empty one wipes it; absent where nobody watches. */
  redraw?: ((text: string) => void) | undefined;
  colour: boolean;
  width: number;
  environment: Record<string, string | undefined>;
};

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const isWatched = stderr.isTTY && env.TERM !== "dumb" && env.CI === undefined;
  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${terminalLines(text)}\n`),
    redraw: isWatched ? (text) => void stderr.write(`\r\u001b[K${text}`) : undefined,
    colour: Boolean(stdout.isTTY) && env.NO_COLOR === undefined && env.TERM !== "dumb",
    width: Math.min(120, Math.max(60, stdout.columns ?? 100)),
    environment: env,
  };
}
