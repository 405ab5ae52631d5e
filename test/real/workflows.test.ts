import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { analyzeDeclaration } from "../../actions/analyze/declaration.ts";
import { canaryStepDeclaration } from "../../actions/canary-step/declaration.ts";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import type { VerbDeclaration } from "../../actions/io.ts";
import { learnDeclaration } from "../../actions/learn/declaration.ts";
import { rollbackDeclaration } from "../../actions/rollback/declaration.ts";
import { rolloutDeclaration } from "../../actions/rollout/declaration.ts";
import { shadowDeclaration } from "../../actions/shadow/declaration.ts";
import { toolFolder } from "./release-act.ts";

/** This project's workflows, its actions, and every workflow in its documents: linted by the tools that users have. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-workflows-"));
const place = ".github/workflows";
const sample = `examples/haproxy-shop/${place}`;
const own = [place, sample].flatMap((where) =>
  readdirSync(join(root, where))
    .sort()
    .map((name) => `${where}/${name}`),
);
const actions = [
  "action.yml",
  "actions/decide/action.yml",
  "actions/collect/action.yml",
  "actions/analyze/action.yml",
  "actions/canary-step/action.yml",
  "actions/rollback/action.yml",
  "actions/shadow/action.yml",
  "actions/learn/action.yml",
  "actions/canary/action.yml",
];
let bin = "";

beforeAll(() => {
  bin = toolFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(program: string, words: string[], cwd: string): string {
  try {
    return execFileSync(join(bin, program), words, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    if (error instanceof Error && "stdout" in error && "stderr" in error)
      return `${error.stdout}\n${error.stderr}`;
    throw error;
  }
}

type Example = { name: string; text: string };

/** Fenced YAML blocks that are workflows, by the document and line that they stand at. */
function examples(): Example[] {
  const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  return tracked
    .split("\n")
    .filter(Boolean)
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].flatMap((match) => {
        const line = text.slice(0, match.index).split("\n").length + 1;
        const block = match[1] ?? "";
        return /^jobs:/m.test(block) ? [{ name: `${file}:${line}`, text: block }] : [];
      });
    });
}

function written(all: Example[]): string[] {
  mkdirSync(join(folder, place), { recursive: true });
  return all.map(({ name, text }) => {
    const file = `${place}/${name.replaceAll(/[^\w.]+/g, "-")}.yml`;
    writeFileSync(join(folder, file), text);
    return file;
  });
}

describe("this project's own workflows and actions, and the sample's", () => {
  it("please actionlint", () => {
    expect(lint("actionlint", ["-no-color", "-oneline", ...own], root)).toBe("");
  });

  it("please zizmor, but for the exceptions whose reasons are in .github/zizmor.yml", () => {
    const said = lint(
      "zizmor",
      ["--offline", "--no-progress", "--config", ".github/zizmor.yml", ".github", sample, ...actions],
      root,
    );
    expect(said).toContain("No findings to report");
  });

  it("list a reason above each exception", () => {
    for (const name of ["zizmor.yml", "zizmor-examples.yml"]) {
      const lines = readFileSync(join(root, ".github", name), "utf8").split("\n");
      const granted = lines.flatMap((line, index) => (/^\s+- \S|: (ref-pin|any)$/.test(line) ? [index] : []));
      expect(granted.length).toBeGreaterThan(0);
      for (const index of granted) {
        const above = lines.slice(0, index).findLast((line) => !/: (ref-pin|any)$/.test(line)) ?? "";
        expect(above, `${name}:${index + 1}`).toMatch(/^\s+# \S/);
      }
    }
  });
});

describe.each(own)("%s", (path) => {
  const text = readFileSync(join(root, path), "utf8");
  const workflow = parse(text);
  const jobs: [string, Record<string, unknown>][] = Object.entries(workflow.jobs);

  it("grants nothing but to a job, and each job what it names", () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions }] of jobs) expect(permissions, job).toBeTypeOf("object");
  });

  it("ends in time, and does not move anything twice at once", () => {
    for (const [job, body] of jobs) {
      expect(body["timeout-minutes"], job).toBeTypeOf("number");
      if (!mayOverlap(path, job))
        expect(workflow.concurrency ?? body.concurrency, job).toHaveProperty("group");
    }
  });

  it("pins what others wrote by its SHA, and says which version that is", () => {
    for (const [, uses = ""] of text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)) {
      if (uses.startsWith("./") || /^org\/adaptive-deploy[/@]/.test(uses)) continue;
      expect(uses).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("lets no expression into a shell, and never runs for pull_request_target", () => {
    expect(workflow.on).not.toHaveProperty("pull_request_target");
    for (const [, body] of jobs) {
      const steps = Array.isArray(body.steps) ? body.steps : [];
      for (const step of steps) expect(String(step.run ?? "")).not.toContain("${{");
    }
  });
});

/** In the sample, jobs that move nothing, and the emergency rollback, which waits for nobody. */
function mayOverlap(path: string, job: string): boolean {
  return path.startsWith(sample) && ["build", "decide", "rollback"].includes(job);
}

describe("decide.yml, which others call", () => {
  const called = parse(readFileSync(join(root, place, "decide.yml"), "utf8"));
  const { inputs, outputs } = called.on.workflow_call;
  const [step] = called.jobs.decide.steps.slice(-1);

  it("runs the release that it is part of", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(step.uses).toBe(`org/adaptive-deploy/decide@v${version}`);
  });

  it("takes every input of decide but the token, and hands on every output but the path of a file", () => {
    const wanted = Object.keys(decideDeclaration.inputs).filter((name) => name !== "github-token");
    expect(Object.keys(step.with).sort()).toEqual([...wanted].sort());
    for (const name of wanted) expect(step.with[name]).toBe(`\${{ inputs.${name} }}`);
    expect(Object.keys(inputs).sort()).toEqual([...wanted, "artifact", "runs-on"].sort());
    const handed = Object.keys(decideDeclaration.outputs).filter((name) => name !== "decision");
    expect(Object.keys(outputs).sort()).toEqual([...handed].sort());
    for (const name of handed) {
      expect(outputs[name].value).toBe(`\${{ jobs.decide.outputs.${name} }}`);
      expect(called.jobs.decide.outputs[name]).toBe(`\${{ steps.decide.outputs.${name} }}`);
    }
  });
});

describe("rollout.yml and the canary action, which others call", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const steps = (text: string): { uses: string; with: Record<string, string> }[] => {
    const { jobs, runs } = parse(text);
    if (jobs === undefined) return runs.steps;
    return Object.values<{ steps: { uses: string; with: Record<string, string> }[] }>(jobs).flatMap(
      (job) => job.steps,
    );
  };
  const declared: Record<string, VerbDeclaration> = {
    "": rolloutDeclaration,
    "/decide": decideDeclaration,
    "/analyze": analyzeDeclaration,
    "/canary-step": canaryStepDeclaration,
    "/rollback": rollbackDeclaration,
    "/shadow": shadowDeclaration,
  };

  it.each([`${place}/rollout.yml`, `${place}/shadow.yml`, "actions/canary/action.yml"])(
    "%s runs the release that it is part of",
    (file) => {
      for (const { uses, with: given } of steps(readFileSync(join(root, file), "utf8"))) {
        const [, verb = ""] = /^org\/adaptive-deploy(\/[\w-]+)?@/.exec(uses) ?? [];
        expect(uses).toBe(`org/adaptive-deploy${verb}@v${version}`);
        for (const name of Object.keys(given))
          expect(Object.keys(declared[verb]?.inputs ?? {})).toContain(name);
      }
    },
  );
});

describe("learn.yml, which others call", () => {
  const called = parse(readFileSync(join(root, place, "learn.yml"), "utf8"));
  const [checkout, step] = called.jobs.learn.steps;

  it("runs the release that it is part of, on the whole history of the default branch", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(step.uses).toBe(`org/adaptive-deploy/learn@v${version}`);
    expect(checkout.with).toMatchObject({ "fetch-depth": 0, "persist-credentials": false });
    expect(checkout.with.ref).toBe("${{ github.event.repository.default_branch }}");
  });

  it("takes the inputs of learn, with its defaults but for deployments, and proposes", () => {
    const { "github-token": token, propose, ...given } = step.with;
    expect([token, propose]).toEqual(["${{ secrets.token || github.token }}", true]);
    const { inputs } = called.on.workflow_call;
    expect(Object.keys(inputs).sort()).toEqual([...Object.keys(given), "runs-on"].sort());
    for (const [name, value] of Object.entries(given)) {
      expect(value).toBe(`\${{ inputs.${name} }}`);
      const declared = learnDeclaration.inputs[name]?.default;
      expect(inputs[name].default).toEqual(name === "deployments" ? true : declared);
    }
  });
});

describe("workflows in the documents", () => {
  const all = examples();

  it("are there", () => expect(all.length).toBeGreaterThanOrEqual(4));

  it("please actionlint", () => {
    expect(lint("actionlint", ["-no-color", "-oneline", ...written(all)], folder)).toBe("");
  });

  it("please zizmor, but for tags in place of SHAs", () => {
    written(all);
    const config = join(root, ".github/zizmor-examples.yml");
    const said = lint("zizmor", ["--offline", "--no-progress", "--config", config, place], folder);
    expect(said).toContain("No findings to report");
  });
});
