import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

/** The peers' own figures, from the same run on the same machine; null where Python has not got them. */
export type Peer = (words: readonly string[]) => Promise<unknown[]>;

const run = promisify(execFile);
const script = join(import.meta.dirname, "peer.py");
const packages = ["xgboost==3.2.0", "shap==0.51.0", "scikit-learn==1.9.1", "pandas"];

/** `--python` names one that has XGBoost and shap; without it an own environment is made once in the user's cache. */
export async function findPeer(given: string | undefined): Promise<Peer | null> {
  try {
    const python = given ?? (await ownEnvironment());
    await run(python, ["-c", "import xgboost, shap, sklearn, pandas"]);
    return async (words) => {
      const { stdout } = await run(python, [script, ...words], { maxBuffer: 2 ** 26 });
      return stdout
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
    };
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n").at(-1) : "";
    console.log(`XGBoost and shap are not here, so their columns stay empty. ${said}`);
    console.log(`Name a Python that has them: --python <path> (pip install ${packages.join(" ")}).`);
    return null;
  }
}

async function ownEnvironment(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "adaptive-deploy-bench");
  const python = join(folder, "bin/python");
  if (existsSync(python)) return python;
  console.log("Installing XGBoost and shap, once, for the columns beside ours …");
  await run("python3", ["-m", "venv", folder]);
  await run(python, ["-m", "pip", "install", "--quiet", ...packages]);
  return python;
}

export const peerQuality = z.object({ auc: z.number(), brier: z.number(), ece: z.number() });
export const peerSpeed = z.object({
  model: z.string(),
  one_ms: z.number(),
  xgboost_a_second: z.number(),
  shap_a_second: z.number(),
});
export const peerTraining = z.object({ train_seconds: z.number() });
