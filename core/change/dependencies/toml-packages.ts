import type { Ecosystem, LockFile } from "./lock-file.ts";
import { pythonName } from "./requirements.ts";

type Block = { name: string | undefined; version: string | undefined; source: string | undefined };

const pair = /^(name|version)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/;

/** Lock files of `[[package]]` tables with name, version and source, in this order. */
function tomlPackages(
  ecosystem: Ecosystem,
  names: RegExp,
  normalised: (name: string) => string,
  isOwn: (source: string | undefined) => boolean,
): LockFile {
  return {
    ecosystem,
    names,
    read(found) {
      let block: Block | undefined;
      const settle = () => {
        if (block?.name !== undefined && block.version !== undefined && !isOwn(block.source)) {
          found.package(normalised(block.name), block.version);
        }
        block = undefined;
      };
      return {
        // A hunk may start within a package's table or within another one; name and version tell.
        startHunk() {
          block = { name: undefined, version: undefined, source: undefined };
        },
        line(text) {
          if (/^\[/.test(text)) {
            settle();
            if (/^\[\[package\]\]\s*(?:#.*)?$/.test(text)) {
              block = { name: undefined, version: undefined, source: undefined };
            }
          } else if (block) {
            const match = pair.exec(text.trimEnd());
            const value = match?.[2] ?? match?.[3] ?? "";
            if (match?.[1] === "name") block.name = value;
            else if (match?.[1] === "version" && block.name === undefined) found.loose(text);
            else if (match?.[1] === "version") block.version = value;
            else if (/^source\s*=/.test(text)) block.source = text;
            else if (/^version\s*=/.test(text)) found.loose(text);
          }
        },
        endHunk() {
          if (block?.name !== undefined && block.version === undefined) found.loose(block.name);
          settle();
        },
      };
    },
  };
}

const asWritten = (name: string) => name;

/** A crate without a source is one of the workspace's own. */
export const cargoLock = tomlPackages("cargo", /^Cargo\.lock$/, asWritten, (source) => source === undefined);

export const poetryLock = tomlPackages("pip", /^(?:poetry|pdm)\.lock$/, pythonName, () => false);

/** The project itself and its workspace members are locked too; their source says so. */
export const uvLock = tomlPackages(
  "pip",
  /^uv\.lock$/,
  pythonName,
  (source) => source !== undefined && /\{\s*(?:editable|virtual|directory|workspace)\s*=/.test(source),
);
