import type { Terminal } from "../../cli/terminal.ts";
import type { Ran } from "./command.ts";

/** A verb with a terminal that remembers, in an environment of the test's. */
export async function withTerminal(
  verb: (terminal: Terminal) => Promise<number>,
  environment: Record<string, string> = {},
): Promise<Ran> {
  const ran: Ran = { code: null, out: "", note: "" };
  const out = (text: string) => {
    ran.out += text;
  };
  const note = (text: string) => {
    ran.note += `${text}\n`;
  };
  ran.code = await verb({ out, note, colour: false, width: 100, environment });
  return ran;
}
