import type { LockFile } from "./lock-file.ts";

const version = /^ {2}version:? "?([^"\s]+)"?\s*$/;

/** yarn.lock of Yarn 1 and of Yarn 2 and later: a heading of ranges, and the version on the next line. */
export const yarn: LockFile = {
  ecosystem: "npm",
  names: /^yarn\.lock$/,
  read(found) {
    let name: string | undefined;
    return {
      startHunk() {
        name = undefined;
      },
      line(text) {
        const match = version.exec(text);
        if (match) {
          if (name === undefined) found.loose(text);
          else if (!isLocal(match[1] ?? "")) found.package(name, match[1] ?? "");
          name = undefined;
        } else if (/^[^\s#]/.test(text) && text.trimEnd().endsWith(":")) name = nameOfHeading(text);
      },
      endHunk() {
        if (name !== undefined) found.loose(name);
      },
    };
  },
};

function nameOfHeading(text: string): string | undefined {
  const heading = text.trimEnd().slice(0, -1).replaceAll('"', "");
  const first = heading.split(",", 1)[0]?.trim() ?? "";
  const at = first.indexOf("@", 1);
  return at === -1 ? undefined : first.slice(0, at);
}

/** Yarn 2 and later lock the project's own workspaces under this version. */
function isLocal(text: string): boolean {
  return text === "0.0.0-use.local";
}
