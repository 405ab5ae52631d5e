import { setTimeout } from "node:timers/promises";
import { getOctokit } from "@actions/github";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import { decideInputs } from "../../actions/decide/inputs.ts";
import { type DecideResult, runDecide } from "../../actions/decide/run.ts";
import type { WaitPorts } from "../../actions/decide/wait.ts";
import { readInput } from "../../actions/io.ts";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import type { GivenFacts } from "../../core/change/merge.ts";
import { UserError } from "../../core/errors.ts";
import { type EmulatedGitHub, type GitHubOptions, startGitHub } from "../../emulated/github/index.ts";
import {
  commitOn,
  type Files,
  git,
  type SmallRepository,
  smallRepository,
} from "../emulated/small-repository.ts";

/** A small repository on the emulated GitHub, and `decide` run on its events in this process. */

export type Shop = {
  github: EmulatedGitHub;
  folder: string;
  /** Commits on a branch that starts at another, and gives the commit. */
  branch(name: string, files: Files, from?: string): string;
  open(head: string, more?: { base?: string; title?: string; number?: number }): Promise<number>;
  pullRequest(number: number): Promise<Record<string, unknown>>;
  tip(ref: string): string;
  close(): Promise<void>;
};

const grants = { contents: "read", checks: "write", pull_requests: "write" } as const;

export async function startShop(files: Files = {}, more: Partial<GitHubOptions> = {}): Promise<Shop> {
  const repository: SmallRepository = smallRepository({
    "README.md": "# Shop\n",
    "src/pay.ts": "export const pay = 1;\n",
    ...files,
  });
  const { folder } = repository;
  const github = await startGitHub({
    repositories: [
      { owner: "acme", name: "shop", folder, private: true, collaborators: { maria: "admin", ben: "write" } },
    ],
    tokens: {
      job: { app: "github-actions", permissions: grants },
      reader: { app: "github-actions", permissions: { contents: "read", pull_requests: "read" } },
      "no-checks": { app: "github-actions", permissions: { contents: "read", pull_requests: "write" } },
      "no-comments": {
        app: "github-actions",
        permissions: { contents: "read", checks: "write", pull_requests: "read" },
      },
      "no-contents": { app: "github-actions", permissions: { checks: "write", pull_requests: "write" } },
      ledger: { app: "github-actions", permissions: { ...grants, contents: "write" } },
      maria: { user: "maria" },
    },
    ...more,
  });
  return {
    github,
    folder,
    branch: (name, changed, from = "main") =>
      commitOn(folder, { branch: name, from, message: `Change ${name}`, files: changed }),
    open: async (head, { title = `Change ${head}`, ...rest } = {}) =>
      (await github.openPull("acme/shop", { title, author: "ben", head, ...rest })).number,
    pullRequest: async (number) => {
      const pull = github.repository("acme/shop").pulls.get(number);
      if (!pull) throw new Error(`no pull request ${number}`);
      return github.events("acme/shop").pullRequest(pull);
    },
    tip: (ref) => git(folder, "rev-parse", ref),
    close: async () => {
      // A run that gave up early leaves requests behind, whose git would find its folder gone.
      const open = () => github.requests.some((one) => !Number.isFinite(one.ended));
      for (let tries = 0; tries < 200 && open(); tries++) await setTimeout(10);
      await github.close();
      repository.remove();
    },
  };
}

export type Step = {
  token?: string;
  inputs?: Record<string, string>;
  given?: GivenFacts[];
  environment?: Record<string, string>;
  now?: Date;
  waiting?: WaitPorts;
};

export type Ended = {
  result?: DecideResult;
  error?: UserError;
  warnings: string[];
  summary: string;
  documents: Map<string, string>;
};

/** One run of the Action. What is no UserError is a bug, and is thrown. */
export async function decideOn(shop: Shop, event: string, payload: unknown, step: Step = {}): Promise<Ended> {
  const ended: Ended = { warnings: [], summary: "", documents: new Map() };
  const input = (name: string): string => readInput(decideDeclaration, name, step.inputs?.[name]);
  try {
    ended.result = await runDecide(decideInputs(input), {
      client: getOctokit(step.token ?? "job", { baseUrl: shop.github.url }),
      subject: subjectOfEvent(event, payload, step.environment ?? {}),
      given: async () => ({ given: step.given ?? [], problems: [] }),
      now: step.now ?? new Date("2026-03-02T12:00:00Z"),
      ...(step.environment ? { environment: step.environment } : {}),
      actor: "ben",
      write: async (name, text) => {
        ended.documents.set(name, text);
        return `/workspace/${name}`;
      },
      summary: async (markdown) => {
        ended.summary += markdown;
      },
      warn: (sentence) => ended.warnings.push(sentence),
      waiting: () => {
        if (step.waiting) return step.waiting;
        throw new Error("This run was not to wait.");
      },
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ended.error = error;
  }
  return ended;
}

export const comments = (shop: Shop) => [...shop.github.repository("acme/shop").comments.values()];
export const checks = (shop: Shop) => [...shop.github.repository("acme/shop").checkRuns.values()];

/** The one decision that a run gave. */
export function decisionOf(ended: Ended): DecideResult {
  if (ended.result) return ended.result;
  throw ended.error ?? new Error("no decision");
}

export const manyFiles = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `src/module-${index}.ts`,
      `export const value = ${index};\n`,
    ]),
  );

export const rule = (action: string): Files => ({
  ".github/adaptive-deploy/guardrails.rules": `rule "all": when risk_score >= 0 then ${action}\n`,
});

export const inMode = (mode: string): Files => ({
  ".github/adaptive-deploy/thresholds-and-windows.yaml": `schema-version: 1\ndefaults:\n  mode: ${mode}\n`,
});
