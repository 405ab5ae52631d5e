import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gitHistory } from "../adapters/git/history.ts";
import { gitRepository } from "../adapters/git/repository.ts";
import { writeHistory } from "../adapters/github/history.ts";
import { serveApp } from "../app/server.ts";
import type { Decision } from "../core/decision/shape.ts";
import { renderSummary } from "../core/render/summary.ts";
import { renderSvg } from "../core/render/svg.ts";
import { renderTerminal } from "../core/render/terminal.ts";
import { startGitHub } from "./github/index.ts";
import { buildSampleRepository } from "./sample/index.ts";

/**
 * `npm start` without credentials: a GitHub on loopback, a sample repository with three pull requests, and the real
 * App, which is sent GitHub's own signed webhooks and writes its comments and checks there.
 * `npm start -- --write <folder>` keeps what a reader would see, for pictures and for a closer look.
 */
const {
  values: { write: keepIn },
} = parseArgs({ options: { write: { type: "string" } } });
const colour = Boolean(process.stdout.isTTY) && process.env.NO_COLOR === undefined;
const width = Math.min(110, process.stdout.columns ?? 100);
const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-demo-"));
const nothing = (): void => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const line = (text = ""): void => console.log(text);

line("A GitHub on loopback, with the sample repository acme/shop: three services, three open pull requests.");
const sample = await buildSampleRepository(folder);
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const webhookSecret = randomBytes(24).toString("hex");
const decisions: Decision[] = [];
const slug = "adaptive-deploy";
const github = await startGitHub({
  repositories: [sample.repository],
  users: sample.users,
  apps: [
    {
      slug,
      owner: "acme",
      permissions: {
        contents: "write",
        checks: "write",
        issues: "write",
        pull_requests: "write",
        metadata: "read",
      },
      publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
    },
  ],
  tokens: { "demo-history": { app: slug, permissions: { contents: "write", metadata: "read" } } },
});
const app = await serveApp({
  appId: String(github.world.apps.get(slug)?.id ?? 1),
  privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  webhookSecret,
  baseUrl: github.url,
  host: "127.0.0.1",
  port: 0,
  demo: true,
  tell: (decision) => decisions.push(decision),
});

try {
  const { Octokit } = await import("@octokit/rest");
  const history = await gitHistory({ repository: gitRepository(folder), base: "main" });
  await writeHistory(
    new Octokit({ auth: "demo-history", baseUrl: github.url, log: quiet }),
    "acme/shop",
    history,
  );
  line(
    `Its history is summarised: ${history.sample.rows.length} merged changes. The App listens at ${app.url}.`,
  );

  const repository = github.repository("acme/shop");
  for (const risk of ["low", "middle", "high"] as const) {
    const { number, title, author } = sample.pulls[risk];
    const pull = repository.pulls.get(number);
    if (!pull) throw new TypeError(`The sample has no pull request ${number}.`);
    const before = decisions.length;
    const started = performance.now();
    const payload = await github.events("acme/shop").as({ login: author, app: slug }).pullRequest(pull);
    await github.sendEvent("pull_request", payload, {
      to: { url: `${app.url}/webhooks`, secret: webhookSecret },
    });
    const tookMs = Math.round(performance.now() - started);
    const decision = decisions[before];
    line();
    line("─".repeat(width));
    line(`#${number} ${title} · by ${author} · webhook to comment and check in ${tookMs} ms`);
    line("─".repeat(width));
    if (!decision) {
      line("The App made no decision of this pull request.");
      process.exitCode = 1;
      continue;
    }
    line(renderTerminal(decision, { colour, width }).trimEnd());
    const check = [...repository.checkRuns.values()].findLast((one) => one.headSha === decision.subject.head);
    const comment = [...repository.comments.values()].find((one) => one.number === number);
    if (keepIn !== undefined) await keep(keepIn, risk, decision, comment?.body ?? "");
    line(
      `On GitHub: check ${check?.name ?? "none"} is ${check?.conclusion ?? "missing"}; comment of ${comment?.body.length ?? 0} characters.`,
    );
  }
  line();
  line("Try it on your own code: npx --no-install adaptive-deploy decide --repo <a git checkout>");
} finally {
  app.server.close();
  app.server.closeAllConnections();
  await github.close();
  await rm(folder, { recursive: true, force: true });
}

async function keep(place: string, name: string, decision: Decision, comment: string): Promise<void> {
  await mkdir(place, { recursive: true });
  const files = {
    "comment.md": comment,
    "summary.md": renderSummary(decision),
    ansi: renderTerminal(decision, { colour: true, width: 100 }),
    svg: renderSvg(decision),
    json: `${JSON.stringify(decision, null, 2)}\n`,
  };
  for (const [ending, text] of Object.entries(files)) await writeFile(join(place, `${name}.${ending}`), text);
}
