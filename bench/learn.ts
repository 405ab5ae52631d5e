import { join } from "node:path";
import { parseArgs } from "node:util";
import { coldStart } from "./learn/cold.ts";
import { leftForLong } from "./learn/left-for-long.ts";
import { findPeer } from "./learn/peer.ts";
import { readProjects } from "./learn/projects.ts";
import { quality } from "./learn/quality.ts";
import { speed } from "./learn/speed.ts";

/**
 * What the model learns and how fast, beside XGBoost and shap, from one run. `--quick` leaves out the peers, the
 * curve of the first changes and models left for long, `--data` names the folder of the tables, `--python` a Python that has XGBoost and shap.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    data: { type: "string", default: join(import.meta.dirname, "../../shared/data") },
    python: { type: "string" },
  },
});
const withAuthors = await readProjects(values.data, { authors: true });
const withoutAuthors = await readProjects(values.data, { authors: false });
const [largest] = withAuthors ?? [];
if (withAuthors && withoutAuthors && largest) {
  const peer = values.quick ? null : await findPeer(values.python);
  await quality(withAuthors, peer);
  if (!values.quick) leftForLong(withAuthors);
  coldStart(withoutAuthors, values.quick);
  await speed({ data: values.data, largest }, peer);
} else
  console.log(
    `Skipped: ${values.data} has no change-risk/issta21_<project>.csv. Name a folder: --data <path>.`,
  );
