import type { Octokit } from "@octokit/rest";
import { pullRows } from "./approving.ts";
import { ledgerRows } from "./ledger.ts";
import { readingRows } from "./reading.ts";
import { openScratch, type Place, type Scratch } from "./scratch.ts";
import type { Row } from "./table.ts";

const parts: Record<string, (scratch: Scratch) => Promise<Row[]>> = {
  "reading trusted text": readingRows,
  "the ledger on a branch": ledgerRows,
  "pull request, comment, check and approvals": pullRows,
};

/** Asks everything. A part that breaks off is a row that differs; what was made is taken away whatever happened. */
export async function probe(client: Octokit, place: Place): Promise<Row[]> {
  const { scratch, close } = await openScratch(client, place);
  const rows: Row[] = [];
  for (const [question, ask] of Object.entries(parts)) {
    try {
      rows.push(...(await ask(scratch)));
    } catch (error) {
      const seen = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : String(error);
      rows.push({ question, expected: "answers", seen, same: false });
    }
  }
  for (const seen of await close())
    rows.push({ question: "what was made is taken away", expected: "done", seen, same: false });
  return rows;
}
