import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, bundleEntry } from "../scripts/build.ts";

/**
 * `npm run bench:start`: what a workflow waits for before `decide` asks GitHub its first question. Three steps are
 * started in turn: an empty file, an action that only imports @actions/core, and the built decide on a pull request.
 */
const rounds = 15;
const mostTimesCore = 1.5;

type Step = "empty" | "core" | "decide";
const steps: readonly Step[] = ["empty", "core", "decide"];

const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-bench-"));
let firstRequestAt: number | undefined;
const server = createServer((request, response) => {
  firstRequestAt ??= performance.now();
  // The first answer ends the run: what is measured is the way there.
  request
    .resume()
    .on("end", () =>
      response.writeHead(401, { "content-type": "application/json" }).end('{"message":"Bad credentials"}'),
    );
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
const port = typeof address === "object" && address ? address.port : 0;

/** The same functions that our own actions call, so that nothing is shaken away that they keep. */
const coreAction = `import * as core from "@actions/core";
core.getInput("environment");
core.setSecret("x");
core.setOutput("answer", "1");
core.info("done");
if (process.env.NEVER) { core.setFailed("x"); core.warning("x"); core.error("x"); await core.summary.addRaw("x").write(); }
`;

const event = {
  action: "opened",
  number: 7,
  repository: { full_name: "acme/shop", default_branch: "main" },
  sender: { login: "maria", type: "User" },
  pull_request: {
    number: 7,
    title: "Move to stripe 15",
    body: "",
    user: { login: "maria", type: "User" },
    changed_files: 12,
    comments: 3,
    base: { ref: "main", sha: "a".repeat(40), repo: { full_name: "acme/shop" } },
    head: { ref: "change", sha: "b".repeat(40), repo: { full_name: "acme/shop" } },
  },
};

async function prepare(): Promise<Record<Step, string>> {
  // Without a type of its own a file here would first be tried as CommonJS.
  await writeFile(join(folder, "package.json"), '{"type":"module"}\n');
  await writeFile(join(folder, "event.json"), JSON.stringify(event));
  await Promise.all(["empty", "core"].map((name) => mkdir(join(folder, name))));
  await writeFile(join(folder, "empty", "index.js"), "");
  // The source stands beside this file, where @actions/core can be found, and lives as long as the build.
  const source = join(import.meta.dirname, `.core-action-${process.pid}.js`);
  await writeFile(source, coreAction);
  try {
    await bundleEntry(source, join(folder, "core"));
  } finally {
    await rm(source, { force: true });
  }
  await build(folder, ["decide/index"]);
  return {
    empty: join(folder, "empty/index.js"),
    core: join(folder, "core/index.js"),
    decide: join(folder, "decide/index.js"),
  };
}

type Timing = { exitMs: number; requestMs: number | undefined };

async function time(file: string): Promise<Timing> {
  const url = `http://127.0.0.1:${port}`;
  const { NODE_COMPILE_CACHE: _, NODE_OPTIONS: __, ...bare } = process.env;
  const env = {
    ...bare,
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: url,
    GITHUB_GRAPHQL_URL: `${url}/graphql`,
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_OUTPUT: join(folder, "output.txt"),
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    "INPUT_GITHUB-TOKEN": "x",
  };
  await Promise.all([env.GITHUB_OUTPUT, env.GITHUB_STEP_SUMMARY].map((path) => writeFile(path, "")));
  firstRequestAt = undefined;
  const started = performance.now();
  const child = spawn(process.execPath, [file], { cwd: folder, env, stdio: "ignore" });
  await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  const exitMs = performance.now() - started;
  return { exitMs, requestMs: firstRequestAt === undefined ? undefined : firstRequestAt - started };
}

function median(values: number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

try {
  const files = await prepare();
  const timings: Record<Step, Timing[]> = { empty: [], core: [], decide: [] };
  // One round for the disk's cache, which is not counted.
  for (const step of steps) await time(files[step]);
  for (let round = 0; round < rounds; round++)
    for (const step of steps) timings[step].push(await time(files[step]));

  const exit = (step: Step): number => median(timings[step].map((timing) => timing.exitMs));
  const request = median(timings.decide.flatMap((timing) => timing.requestMs ?? []));
  const ratio = request / exit("core");
  console.log(`node ${process.version}, median of ${rounds}, interleaved`);
  console.log(`empty file               ${exit("empty").toFixed(0)} ms`);
  console.log(`only @actions/core       ${exit("core").toFixed(0)} ms`);
  console.log(`decide, first request    ${request.toFixed(0)} ms`);
  console.log(`decide, exit             ${exit("decide").toFixed(0)} ms`);
  console.log(
    `ratio                    ${ratio.toFixed(2)} × (first request of decide / @actions/core; at most ${mostTimesCore})`,
  );
  if (!(ratio <= mostTimesCore)) process.exitCode = 1;
} finally {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}
