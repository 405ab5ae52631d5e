import { readJsonLine } from "./json-lines.ts";
import type { Found, LockFile, SideReader } from "./lock-file.ts";

type Frame = { key: string; version: string | undefined; fetched: boolean };

/** Keys that only a package fetched from somewhere has; the project's own workspaces have none of them. */
const fetchedKeys = new Set(["resolved", "integrity", "bundled", "inBundle", "from"]);
/** Ranges of what a package asks for, among them perhaps of a package called "version". */
const rangesKeys = new Set([
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "requires",
]);
const deepest = 64;

/**
 * package-lock.json and npm-shrinkwrap.json of all versions. A package is an object whose key holds
 * node_modules/ (`packages`, versions 2 and 3) or is its name (`dependencies`, versions 1 and 2).
 */
export const npm: LockFile = {
  ecosystem: "npm",
  names: /^(?:package-lock|npm-shrinkwrap)\.json$/,
  read: (found) => npmSide(found),
};

function npmSide(found: Found): SideReader {
  let frames: Frame[] = [];
  return {
    startHunk() {
      frames = [];
    },
    line(text) {
      const line = readJsonLine(text);
      const frame = frames.at(-1);
      if (line.kind === "unreadable" || frames.length > deepest) found.loose(text);
      else if (line.kind === "open") frames.push({ key: line.key, version: undefined, fetched: false });
      else if (line.kind === "close") {
        frames.pop();
        if (frame) settle(frame, found);
      } else if (line.kind === "pair") {
        // A lock file that changes its own format names every package anew.
        if (line.key === "lockfileVersion") found.loose(text);
        if (line.key === "version" && frame) frame.version = line.value;
        // A range is what some package asks of one called "version", never what is locked.
        else if (line.key === "version" && !/^[~^<>=*|]/.test(line.value ?? "")) found.loose(text);
        else if (frame && fetchedKeys.has(line.key)) frame.fetched = true;
      }
    },
    endHunk() {
      for (const frame of frames) {
        if (frame.version === undefined && frame.key.includes("node_modules/")) found.loose(frame.key);
        else settle(frame, found);
      }
    },
  };
}

function settle(frame: Frame, found: Found): void {
  const { key, version } = frame;
  if (
    version === undefined ||
    key === "" ||
    rangesKeys.has(key) ||
    version.startsWith("file:") ||
    version.startsWith("link:")
  )
    return;
  const nested = key.lastIndexOf("node_modules/");
  if (nested !== -1) found.package(key.slice(nested + "node_modules/".length), version);
  else if (frame.fetched || /^(?:git|https?|github|gitlab|bitbucket)\b/.test(version))
    found.package(key, version);
}
