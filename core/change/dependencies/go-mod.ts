import type { LockFile } from "./lock-file.ts";

const blockStart = /^(require|replace|exclude|retract|tool|ignore|godebug)\s*\(/;
const single = /^(require|replace|exclude|retract|module|go|toolchain|tool|ignore|godebug)\s+/;
const required = /^("?)([^\s"]+)\1\s+(v\d\S*)$/;
const replaced = /^[^\s=>]+(?:\s+v[^\s=>]+)?\s*=>\s*([^\s=>]+)(?:\s+(v\d[^\s=>]*))?$/;

/** go.mod: `require` and the targets of `replace`. go.sum lists more than is built, so it is not read. */
export const goMod: LockFile = {
  ecosystem: "go",
  names: /^go\.mod$/,
  identity: withoutMajorSuffix,
  read(found) {
    let block = "require";
    const read = (directive: string, text: string) => {
      if (directive === "require") {
        const match = required.exec(text);
        if (match) found.package(match[2] ?? "", match[3] ?? "");
        else if (text !== "") found.loose(text);
      } else if (directive === "replace") {
        const match = replaced.exec(text);
        // A replacement by a folder has no version, and its code is in the change itself.
        if (match?.[2]) found.package(match[1] ?? "", match[2]);
        else if (!match && text !== "") found.loose(text);
      }
    };
    return {
      // Git's heading of a hunk is the last unindented line above it, here the directive of an open block.
      startHunk(_firstLine, heading) {
        block = blockStart.exec(heading)?.[1] ?? "require";
      },
      line(text) {
        const line = text.split("//", 1)[0]?.trim() ?? "";
        const opens = blockStart.exec(line);
        const directive = single.exec(line);
        if (opens) block = opens[1] ?? "require";
        else if (line === ")") block = "none";
        else if (directive) read(directive[1] ?? "", line.slice(directive[0].length).trim());
        else if (line.includes("=>")) read("replace", line);
        else read(block, line);
      },
      endHunk() {},
    };
  },
};

/** example.org/m and example.org/m/v2 are one dependency before and after a major update. */
function withoutMajorSuffix(name: string): string {
  return name.replace(/(?:\/v[2-9]|\/v[1-9]\d{1,3}|\.v\d{1,4})$/, "");
}
