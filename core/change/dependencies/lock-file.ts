import type { DependencyChange } from "../facts.ts";

/** Said of a package without a version, for example one that Maven's dependency management decides. */
export const anyVersion = "*";

export type Ecosystem = DependencyChange["ecosystem"];

/** Where a reader reports what one side of a patch says. */
export type Found = {
  /** A locked package; its version is `anyVersion` where the file leaves it open. */
  package(name: string, version: string): void;
  /**
   * Text that speaks of a version but whose package cannot be told from the patch. It does no harm where both
   * sides of the hunk say it, as all context does; anywhere else the answer is unknown.
   */
  loose(text: string): void;
};

/** Reads one side of a patch: the context with the removed lines, or the context with the added lines. */
export type SideReader = {
  startHunk(firstLine: number, heading: string): void;
  line(text: string): void;
  endHunk(): void;
};

export type LockFile = {
  ecosystem: Ecosystem;
  /** Matched with the file's name, without folders. */
  names: RegExp;
  /** Matched with the whole path instead, where the name alone says too little. */
  paths?: RegExp;
  read(found: Found): SideReader;
  /** What makes two names the same dependency; absent: the name itself. */
  identity?(name: string): string;
};
