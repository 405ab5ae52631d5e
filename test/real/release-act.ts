import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runner } from "../../emulated/github/index.ts";

/** Runs real workflows with `act`, without containers, against the emulated GitHub. */

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Folder of actionlint, act and zizmor, installed on the first run. */
export function toolFolder(): string {
  const said = execFileSync(join(root, "scripts/install-tools.sh"), { encoding: "utf8" });
  return said.trimEnd().split("\n").at(-1) ?? "";
}

export type Run = {
  exitCode: number;
  /** What the steps printed, with the commands of the runner left in. */
  text: string;
  summary: string;
};

export type Job = {
  /** Its text; absent: the checkout's own `file`. */
  workflow?: string;
  /** Name in .github/workflows; deploy.yml where absent. */
  file?: string;
  event: string;
  runner: Runner;
  tree: string;
  /** Git repository that is copied into the workspace; its checked-out commit is what a checkout would give. */
  checkout: string;
  token?: string;
  files?: Record<string, string>;
  /** The repository's own, as ${{ vars.NAME }}. */
  variables?: Record<string, string>;
  /** Folder of programs that the steps find before those of the machine. */
  programs?: string;
};

const act = (): string => join(toolFolder(), "act");

export async function runWorkflow(job: Job): Promise<Run> {
  const workspace = mkdtempSync(join(tmpdir(), "adaptive-deploy-act-"));
  execFileSync("git", ["clone", "--quiet", job.checkout, workspace]);
  execFileSync("git", ["remote", "set-url", "origin", "https://github.com/acme/shop"], { cwd: workspace });
  const place = `.github/workflows/${job.file ?? "deploy.yml"}`;
  const file = join(workspace, place);
  const own = job.workflow === undefined ? {} : { [place]: job.workflow };
  for (const [path, text] of Object.entries({ ...own, ...job.files })) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const node = dirname(process.execPath);
  const { env } = job.runner;
  const passed = ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"];
  const version = JSON.parse(readFileSync(join(job.tree, "package.json"), "utf8")).version;
  const others = standIns([readFileSync(file, "utf8"), ...calledWorkflows(job.tree)], workspace);
  const words = [
    job.event,
    "--json",
    "--no-cache-server",
    ...["--workflows", file],
    ...["ubuntu-latest", "self-hosted"].flatMap((label) => ["--platform", `${label}=-self-hosted`]),
    ...["--eventpath", job.runner.eventPath],
    ...["v1", `v${version}`].flatMap((tag) => [
      "--local-repository",
      `org/adaptive-deploy@${tag}=${job.tree}`,
    ]),
    ...others.words,
    ...Object.entries(job.variables ?? {}).flatMap(([name, value]) => ["--var", `${name}=${value}`]),
    ...["--secret", `GITHUB_TOKEN=${job.token ?? "job-token"}`],
    ...passed.flatMap((name) => ["--env", `${name}=${env[name]}`]),
    ...["--actor", env.GITHUB_ACTOR ?? ""],
  ];
  const options = {
    cwd: workspace,
    env: { ...process.env, PATH: [job.programs, node, process.env.PATH].filter(Boolean).join(delimiter) },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise<Run>((resolve) => {
    execFile(act(), words, options, (error, out, stderr) => {
      const lines = out.split("\n").flatMap((line) => parsed(line));
      resolve({
        exitCode: error ? Number(error.code ?? 1) : 0,
        text: `${lines.map((line) => line.msg).join("\n")}\n${stderr}`,
        summary: lines.map((line) => line.content ?? "").join(""),
      });
    });
  }).finally(() => {
    for (const folder of [workspace, others.folder]) rmSync(folder, { recursive: true, force: true });
  });
}

/** act fetches an action even for a step that is skipped, and so those of a workflow that is called. */
function calledWorkflows(tree: string): string[] {
  return ["decide.yml", "learn.yml"].map((name) =>
    readFileSync(join(tree, ".github/workflows", name), "utf8"),
  );
}

/**
 * Actions of GitHub's that a workflow names, without GitHub: artifacts are kept in a folder, Node is there already. act
 * does itself what actions/checkout does, unless the step names a commit.
 */
function standIns(workflows: readonly string[], workspace: string): { folder: string; words: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-stand-ins-"));
  const copy = (from: string, to: string): string => `mkdir -p "${to}" && cp -R "${from}/." "${to}"`;
  const kept = join(folder, "kept/${{ inputs.name }}");
  const does: Record<string, string> = {
    "actions/upload-artifact": copy("${{ inputs.path }}", kept),
    "actions/download-artifact": copy(kept, "${{ inputs.path }}"),
    "actions/setup-node": "node --version",
    "actions/checkout": copy(workspace, "."),
  };
  const inputs = "{ name: {}, path: {}, node-version: {} }";
  const words = Object.entries(does).flatMap(([name, run]) => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const steps = `[{ run: '${run}', shell: bash }]`;
    writeFileSync(
      join(own, "action.yml"),
      `name: stand-in\ninputs: ${inputs}\nruns: { using: composite, steps: ${steps} }\n`,
    );
    const named = new RegExp(`uses: (${name}@[0-9a-f]{40})`, "g");
    const found = new Set(workflows.flatMap((text) => [...text.matchAll(named)].map(([, uses]) => uses)));
    return [...found].flatMap((uses) => ["--local-repository", `${uses}=${own}`]);
  });
  return { folder, words };
}

type Line = { msg: string; content?: string };

function parsed(line: string): Line[] {
  if (!line.startsWith("{")) return [];
  const { msg, command, content } = JSON.parse(line);
  return [{ msg: String(msg ?? ""), ...(command === "summary" ? { content: String(content ?? "") } : {}) }];
}
