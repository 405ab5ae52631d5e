import { join } from "node:path";
import type { GitRepository } from "../../adapters/git/repository.ts";

/** In git's own folder: it lasts as long as the checkout, no change can put a file there, and none is committed. */
export async function checkpointFolder({ git }: GitRepository): Promise<string> {
  const { stdout } = await git.answer(["rev-parse", "--git-common-dir"]);
  return join(stdout.trim(), "adaptive-deploy", "walk");
}
