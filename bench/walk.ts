import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gitRepository } from "../adapters/git/repository.ts";
import { walkHistory } from "../adapters/git/walk.ts";
import { shippedBundle } from "../adapters/policy/shipped.ts";
import { makeRepository } from "./walk/made.ts";

/**
 * `npm run bench:walk -- --repo FOLDER`: how fast a history is read for learning, facts as they were then and blame of every
 * fix included. Without --repo a repository of --changes changes is made for it. Exit 1 where 50,000 would take 3 minutes.
 */
const measuredChanges = 50_000;
const mostSeconds = 180;

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    head: { type: "string", default: "HEAD" },
    changes: { type: "string", default: String(measuredChanges) },
  },
});

const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-bench-"));
try {
  if (values.repo === undefined) {
    console.log(`A repository of ${values.changes} changes is being made.`);
    await makeRepository(folder, Number(values.changes));
  }
  const { weights } = shippedBundle("default");
  const start = performance.now();
  const walk = await walkHistory({
    repository: gitRepository(values.repo ?? folder),
    head: values.head,
    rules: { weights, heuristic: weights },
  });
  const seconds = (performance.now() - start) / 1000;
  const aSecond = walk.changes.length / seconds;
  const inAll = measuredChanges / aSecond;
  const fixes = walk.changes.filter(({ says }) => says.fix);
  const blaming = fixes.filter(({ takes }) => takes.length > 0);
  console.log(
    `${walk.changes.length} changes in ${seconds.toFixed(1)} s: ${aSecond.toFixed(0)} a second, ` +
      `${measuredChanges} in ${inAll.toFixed(0)} s (at most ${mostSeconds}).`,
  );
  console.log(
    `${fixes.length} say that they fix something, ${blaming.length} of them take earlier lines away.`,
  );
  console.log(`Memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB.`);
  process.exitCode = inAll <= mostSeconds ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
