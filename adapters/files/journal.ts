import { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/json-text.ts";
import { type Journal, type JournalEntry, journalEntry } from "../../core/rollout/journal.ts";
import { addLines } from "./add-lines.ts";
import { linesOfFile } from "./lines.ts";

/**
 * A file on the run's own disk to which lines are added, each one synced before anything is asked of the target. What
 * a crash left half-written is passed over: its request was never made.
 */
export function journalFile(path: string): Journal {
  return {
    read: async () => {
      const entries: JournalEntry[] = [];
      try {
        for await (const { text } of linesOfFile(path, "bad-journal", absent)) {
          const entry = line.safeParse(text).data;
          if (entry !== undefined) entries.push(entry);
        }
      } catch (error) {
        if (!(error instanceof UserError) || error.reasonCode !== absent) throw error;
      }
      return entries;
    },
    write: async (entry) => {
      await addLines(path, [JSON.stringify(entry)]);
    },
  };
}

const absent = "no-journal";
const line = jsonText.pipe(journalEntry);
