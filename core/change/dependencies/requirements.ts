import { anyVersion, type LockFile } from "./lock-file.ts";

const named = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*/;
const address = /^(?:[a-z+]+:\/\/|git\+)/i;

/** requirements.txt and constraints.txt in their many names: a package a line. */
export const requirements: LockFile = {
  ecosystem: "pip",
  names: /^(?:[\w.-]*[-_.])?(?:requirements|constraints)(?:[-_.][\w.-]*)?\.txt$/i,
  paths: /(?:^|\/)requirements\/[^/]+\.txt$/i,
  read: (found) => ({
    startHunk() {},
    line(text) {
      const line = withoutComment(text);
      // Options, hashes of the package above and paths name no version.
      if (line === "" || /^[-.\\/]/.test(line)) return;
      if (address.test(line)) {
        const egg = /#(?:[^&#]*&)*egg=([A-Za-z0-9._-]+)/.exec(line);
        if (egg) found.package(pythonName(egg[1] ?? ""), line);
        else found.loose(text);
        return;
      }
      const match = named.exec(line);
      const specification = line.slice(match?.[0].length);
      if (match && /^(?:$|[=<>!~@;(\\]|--)/.test(specification)) {
        found.package(pythonName(match[1] ?? ""), versionOf(specification));
      } else found.loose(text);
    },
    endHunk() {},
  }),
};

/** Names are equal whatever their case and whichever of - _ . they use (PEP 503). */
export function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function withoutComment(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith("#")) return "";
  const comment = trimmed.search(/\s#/);
  return comment === -1 ? trimmed : trimmed.slice(0, comment).trim();
}

/** "==2.31.0" is the version 2.31.0; a range stays a range, which no one takes for a version. */
function versionOf(specification: string): string {
  if (specification.startsWith("@")) return specification.slice(1).split(/\s;/, 1)[0]?.trim() ?? "";
  const bare = (specification.split(/[;\\]|\s--/, 1)[0] ?? "").replace(/[\s()]+/g, "");
  if (bare === "") return anyVersion;
  return /^={2,3}[^,=*]+$/.test(bare) ? bare.replace(/^=+/, "") : bare;
}
