import type { LockFile } from "./lock-file.ts";

const entry = /^ {2}(?:'([^']*)'|"([^"]*)"|([^\s'"#][^\s]*)):\s*$/;
const withAt = /^\/?((?:@[^/@\s]+\/)?[^/@\s]+)@(.+)$/;
const withSlash = /^\/((?:@[^/@\s]+\/)?[^/@\s]+)\/([^/]+)$/;

/**
 * pnpm-lock.yaml: under `packages` every key is name and version, and the next line is its resolution. The
 * same keys under `snapshots` and `patchedDependencies` have none, and so are not counted again.
 */
export const pnpm: LockFile = {
  ecosystem: "npm",
  names: /^pnpm-lock\.yaml$/,
  read(found) {
    let key: string | undefined;
    return {
      startHunk() {
        key = undefined;
      },
      line(text) {
        if (/^ {4}resolution:/.test(text)) {
          const locked = key === undefined ? undefined : nameAndVersion(key);
          if (!locked) found.loose(text);
          else if (!/^(?:file|link):/.test(locked.version)) found.package(locked.name, locked.version);
        }
        const match = entry.exec(text);
        key = match ? (match[1] ?? match[2] ?? match[3]) : undefined;
      },
      endHunk() {
        // A key on the last line: its resolution lies outside of the hunk.
        if (key !== undefined && nameAndVersion(key)) found.loose(key);
      },
    };
  },
};

function nameAndVersion(key: string): { name: string; version: string } | undefined {
  const match = withAt.exec(key) ?? withSlash.exec(key);
  if (!match) return undefined;
  // Behind the version stand the peers it was built with: (react@18.2.0), or _react@17.0.0 in older files.
  const version = match[2] ?? "";
  return { name: match[1] ?? "", version: /^\d/.test(version) ? version.replace(/[(_].*$/, "") : version };
}
