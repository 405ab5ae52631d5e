import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { refused, unavailable } from "./faults.ts";

const answerMs = 5000;

/** Commands to the stats socket at once, in one line: HAProxy carries them out one after the other. */
async function askSocket(path: string, commands: readonly string[]): Promise<string> {
  const socket = createConnection({ path });
  socket.setTimeout(answerMs, () => socket.destroy(new Error(`no answer within ${answerMs} ms`)));
  socket.write(`${commands.join(";")}\n`);
  try {
    return await text(socket);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw unavailable(
      `HAProxy's socket ${path} does not answer: ${said}. Look whether HAProxy runs and who may write.`,
    );
  } finally {
    socket.destroy();
  }
}

/** A command that changes something answers with an empty line, or with what is wrong. */
export async function tellSocket(path: string, commands: readonly string[]): Promise<void> {
  const answer = (await askSocket(path, commands)).trim();
  if (answer !== "") throw refused(`HAProxy refuses (${path}): ${answer.split("\n")[0]?.slice(0, 300)}`);
}

export type ServerState = {
  name: string;
  /** Percent or parts, as configured. */
  weight: number;
  running: boolean;
  /** Takes no new traffic; what runs goes on. */
  drain: boolean;
  /** Out of the pool. */
  out: boolean;
};

/** `show servers state <backend>`, by its own column names. */
export async function serversOf(path: string, backend: string): Promise<ServerState[]> {
  const answer = await askSocket(path, [`show servers state ${backend}`]);
  const lines = answer.split("\n").map((line) => line.trim());
  const header = lines.find((line) => line.startsWith("# "));
  if (header === undefined)
    throw refused(`HAProxy knows no backend ${backend}: ${answer.trim().split("\n")[0]?.slice(0, 300)}`);
  const names = header.slice(2).split(/\s+/);
  return lines
    .filter((line) => line !== "" && !line.startsWith("#") && line !== "1")
    .map((line) => stateOf(line.split(/\s+/), names));
}

/** 0x04 only tells that a configuration says `disabled`; it stays when the server has long been made ready. */
const [maintained, drained] = [0x01 | 0x02 | 0x20, 0x08 | 0x10];

function stateOf(values: readonly string[], names: readonly string[]): ServerState {
  const value = (name: string): string => {
    const found = values[names.indexOf(name)];
    if (found === undefined) throw refused(`HAProxy's answer has no column ${name}; 1.8 or later is needed.`);
    return found;
  };
  const administered = Number(value("srv_admin_state"));
  return {
    name: value("srv_name"),
    weight: Number(value("srv_uweight")),
    running: value("srv_op_state") === "2",
    drain: (administered & drained) !== 0,
    out: (administered & maintained) !== 0,
  };
}
