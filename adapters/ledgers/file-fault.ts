import { exitCodes, UserError } from "../../core/errors.ts";

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const remedies: Record<string, string> = {
  EACCES: "may not be written by this user. Give it write access, or name another folder",
  EPERM:
    "may not be written by this user, or its file system has no hard links. Name a folder on a local disk",
  EROFS: "lies on a read-only file system. Name another folder",
  ENOSPC: "lies on a disk that is full. Make room, or name another folder",
  EDQUOT: "lies on a disk whose quota is spent. Make room, or name another folder",
  ENOTDIR: "is not a folder, or has a file where a folder should be. Name another folder",
  EEXIST: "is a file. Name a folder",
  ENOTSUP: "lies on a file system without hard links. Name a folder on a local disk",
  EOPNOTSUPP: "lies on a file system without hard links. Name a folder on a local disk",
  ENOSYS: "lies on a file system without hard links. Name a folder on a local disk",
  ENAMETOOLONG: "makes a path that is too long for this system. Name a folder nearer to the root",
};

/** Faults of the file system that a person can mend become sentences; anything else passes as it is. */
export function fileFault(folder: string, error: unknown): never {
  const code = codeOf(error);
  const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined;
  if (remedy === undefined) throw error;
  throw new UserError(
    "ledger-unavailable",
    `The ledger's folder ${folder} ${remedy} (${code}).`,
    exitCodes.unavailable,
  );
}
