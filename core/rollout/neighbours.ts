import { parseStream } from "../evidence/stream.ts";
import type { Chain } from "../ports.ts";
import type { Around } from "./around.ts";
import { foldStream, type Rollouts } from "./fold-stream.ts";

/** The other services of the same environment, and how their rollouts went. */
export async function neighboursOf({
  ledger,
  stream,
  believes,
}: Pick<Around, "ledger" | "stream" | "believes">): Promise<{ chain: Chain; rollouts: Rollouts }[]> {
  const own = parseStream(stream);
  const streams = (await ledger.streams()).filter((one) => {
    const other = parseStream(one);
    const beside = own?.kind === "service" && other?.kind === "service" && one !== stream;
    return beside && other.environment === own.environment;
  });
  const chains = await Promise.all(streams.map((one) => ledger.read(one)));
  return chains.map((chain) => ({ chain, rollouts: foldStream(chain.events, believes) }));
}
