import { readJsonLine } from "./json-lines.ts";
import type { LockFile } from "./lock-file.ts";
import { pythonName } from "./requirements.ts";

const deepest = 64;

/** Pipfile.lock: an object a package, whose version stands behind its hashes. */
export const pipfileLock: LockFile = {
  ecosystem: "pip",
  names: /^Pipfile\.lock$/,
  read(found) {
    let keys: string[] = [];
    return {
      startHunk() {
        keys = [];
      },
      line(text) {
        const line = readJsonLine(text);
        if (line.kind === "unreadable" || keys.length > deepest) found.loose(text);
        else if (line.kind === "open") keys.push(line.key);
        else if (line.kind === "close") keys.pop();
        else if (line.kind === "pair" && line.key === "version") {
          const name = keys.at(-1);
          if (name === undefined) found.loose(text);
          else found.package(pythonName(name), (line.value ?? "").replace(/^={2,3}/, ""));
        }
      },
      endHunk() {},
    };
  },
};
