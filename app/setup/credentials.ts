import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { isPrivateKey } from "./private-key.ts";

/** What GitHub gave when the App was made, in a file that only its owner reads. */

const shape = z.strictObject({
  appId: z.string().regex(/^\d+$/),
  privateKey: z.string().refine(isPrivateKey),
  webhookSecret: z.string().min(1),
  clientId: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
});
export type Credentials = z.infer<typeof shape>;

export const credentialsFile = (folder: string): string => join(folder, "credentials.json");

const ownerOnly = 0o600;
const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

export async function haveCredentials(folder: string): Promise<boolean> {
  return stat(credentialsFile(folder)).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw fault(credentialsFile(folder), "cannot be looked at. Mend the rights of its folder.");
    },
  );
}

export async function readCredentials(folder: string): Promise<Credentials | undefined> {
  const path = credentialsFile(folder);
  // The file that was looked at is the one that is read, whatever is put in its place in between.
  const file = await open(path, "r").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fault(path, "cannot be opened. It must belong to the user that runs the App.");
  });
  if (!file) return undefined;
  try {
    const { mode } = await file.stat();
    // Windows has no such modes.
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      throw fault(
        path,
        `can be read or changed by others (mode ${(mode & 0o777).toString(8)}). Run chmod 600 on it; if others use this machine, make a new private key too.`,
      );
    return parse(path, await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

/** The fault names the fields, never what stands in them. */
function parse(path: string, text: string): Credentials {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw fault(path, "is no JSON. Restore it, or remove it and set the App up again.");
  }
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  const fields = [...new Set(read.error.issues.map((issue) => issue.path.join(".") || "an unknown field"))];
  throw fault(
    path,
    `is not as it should be at ${fields.join(", ")}. It holds ${Object.keys(shape.shape).join(", ")}, and nothing else.`,
  );
}

/** Whole or not at all, and never over credentials that are there already: of two that come at once one is refused. */
export async function writeCredentials(folder: string, credentials: Credentials): Promise<string> {
  const path = credentialsFile(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomUUID()}`;
  const file = await open(unfinished, "wx", ownerOnly);
  try {
    await file.writeFile(`${JSON.stringify(shape.parse(credentials), undefined, 2)}\n`);
    await file.sync();
    await file.close();
    await chmod(unfinished, ownerOnly);
    await link(unfinished, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw fault(path, "is there already. Remove it first where the App is to be made anew.");
    throw error;
  } finally {
    await file.close().catch(() => undefined);
    await unlink(unfinished);
  }
  return path;
}

function fault(path: string, what: string): UserError {
  return new UserError("bad-credentials-file", `${path} ${what}`, exitCodes.usage);
}
