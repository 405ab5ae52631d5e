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
  workflow: string;
  event: string;
  runner: Runner;
  tree: string;
  /** Git repository that is copied into the workspace; its checked-out commit is what a checkout would give. */
  checkout: string;
  token?: string;
  files?: Record<string, string>;
};

const act = (): string => join(toolFolder(), "act");

export async function runWorkflow(job: Job): Promise<Run> {
  const workspace = mkdtempSync(join(tmpdir(), "adaptive-deploy-act-"));
  execFileSync("git", ["clone", "--quiet", job.checkout, workspace]);
  execFileSync("git", ["remote", "set-url", "origin", "https://github.com/acme/shop"], { cwd: workspace });
  const file = join(workspace, ".github/workflows/deploy.yml");
  for (const [path, text] of Object.entries({ ".github/workflows/deploy.yml": job.workflow, ...job.files })) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const node = dirname(process.execPath);
  const { env } = job.runner;
  const passed = ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"];
  const version = JSON.parse(readFileSync(join(job.tree, "package.json"), "utf8")).version;
  const standInFolder = standIn();
  const words = [
    job.event,
    "--json",
    "--no-cache-server",
    ...["--workflows", file],
    ...["--platform", "ubuntu-latest=-self-hosted"],
    ...["--eventpath", job.runner.eventPath],
    ...["v1", `v${version}`].flatMap((tag) => [
      "--local-repository",
      `org/adaptive-deploy@${tag}=${job.tree}`,
    ]),
    ...["--local-repository", `${downloadArtifact(job.tree)}=${standInFolder}`],
    ...["--secret", `GITHUB_TOKEN=${job.token ?? "job-token"}`],
    ...passed.flatMap((name) => ["--env", `${name}=${env[name]}`]),
    ...["--actor", env.GITHUB_ACTOR ?? ""],
  ];
  const options = {
    cwd: workspace,
    env: { ...process.env, PATH: [node, process.env.PATH].join(delimiter) },
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
    for (const folder of [workspace, standInFolder]) rmSync(folder, { recursive: true, force: true });
  });
}

/** The one action of somebody else's in decide.yml, with the SHA that it is pinned to. */
function downloadArtifact(tree: string): string {
  const text = readFileSync(join(tree, ".github/workflows/decide.yml"), "utf8");
  return /uses: (actions\/download-artifact@[0-9a-f]{40})/.exec(text)?.[1] ?? "";
}

/** act fetches an action even for a step that is skipped; this one does nothing. */
function standIn(): string {
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-stand-in-"));
  const steps = "[{ run: 'true', shell: bash }]";
  writeFileSync(join(folder, "action.yml"), `name: stand-in\nruns: { using: composite, steps: ${steps} }\n`);
  return folder;
}

type Line = { msg: string; content?: string };

function parsed(line: string): Line[] {
  if (!line.startsWith("{")) return [];
  const { msg, command, content } = JSON.parse(line);
  return [{ msg: String(msg ?? ""), ...(command === "summary" ? { content: String(content ?? "") } : {}) }];
}
