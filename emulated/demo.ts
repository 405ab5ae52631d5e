import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { Decision } from "../core/decision/shape.ts";
import { renderSummary } from "../core/render/summary.ts";
import { renderSvg } from "../core/render/svg.ts";
import { renderTerminal } from "../core/render/terminal.ts";
import { inTime } from "./demo/in-time.ts";
import { timesFaster } from "./demo/rollout/clock.ts";
import { demoService, startRollouts, usualErrors } from "./demo/rollout/index.ts";
import { checkWords, howToSay, sayOnPull, visible } from "./demo/say.ts";
import { type DemoWorld, place, slug, startDemo } from "./demo/world.ts";

/**
 * `npm start` without credentials: the App itself, with its embedded database, on a GitHub on loopback. Three pull
 * requests get comments and checks; then it stays, and what is typed is a comment on one of them.
 * `npm start -- --once` ends after the three; `--write <folder>` keeps what a reader would see.
 */
const { values: options } = parseArgs({
  options: { write: { type: "string" }, once: { type: "boolean" }, port: { type: "string" } },
});
const colour = Boolean(process.stdout.isTTY) && process.env.NO_COLOR === undefined;
const width = Math.min(110, process.stdout.columns ?? 100);
const line = (text = ""): void => console.log(text);

line("A GitHub on loopback, with the sample repository acme/shop: three services, three open pull requests.");
const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-demo-"));
const world = await startDemo(folder, Number(options.port ?? "0"));
line(
  `Its history is summarised: ${world.historyChanges} merged changes. The App listens at ${world.app.url}.`,
);

/** Of ten thousand answers of a version, `failing` are errors. */
const goingOut = [
  { version: "1.5.0", failing: usualErrors, words: "as good as the one before" },
  { version: "1.5.1", failing: 1000, words: "of which one request in ten fails" },
];
const decisions = new Map<string, Decision>();

let isClosing = false;
const closing: (() => Promise<void>)[] = [];
async function close(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  for (const one of closing) await one();
  await world.close();
  await rm(folder, { recursive: true, force: true });
}

try {
  for (const risk of ["low", "middle", "high"] as const) await show(world, risk);
} catch (error) {
  await close();
  throw error;
}
const end = rollOutBoth(world);
if (!options.once) stay(world);
await end;
if (options.once) await close();

/** The change of middle risk is merged and goes out; then one that is bad. The page shows both as they go. */
async function rollOutBoth({ app }: DemoWorld): Promise<void> {
  line();
  line("─".repeat(width));
  line(`Rollouts behind a weighted proxy with real requests, ${timesFaster} times faster than in life.`);
  line(`Watch them: ${app.url}/${place}/rollouts`);
  line("─".repeat(width));
  const decision = decisions.get("middle");
  if (decision === undefined) throw new TypeError("Nothing was decided of the middle change.");
  const rollouts = await startRollouts(folder, app.ledger(place), decision, (said) => line(`  ${said}`));
  closing.push(() => rollouts.close());
  for (const { version, failing, words } of goingOut) {
    line();
    line(`${demoService} ${version}, ${words}:`);
    await rollouts.rollOut(version, failing);
  }
  await rollouts.close();
}

async function show(world: DemoWorld, risk: "low" | "middle" | "high"): Promise<void> {
  const { sample, github, decided, send } = world;
  const { number, title, author } = sample.pulls[risk];
  const repository = github.repository(place);
  const pull = repository.pulls.get(number);
  if (!pull) throw new TypeError(`The sample has no pull request ${number}.`);
  const payload = await github.events(place).as({ login: author, app: slug }).pullRequest(pull);
  const started = performance.now();
  const made = decided(number);
  await send("pull_request", payload);
  const decision = await inTime(made, number);
  decisions.set(risk, decision);
  const tookMs = Math.round(performance.now() - started);
  line();
  line("─".repeat(width));
  line(`#${number} ${title} · by ${author} · webhook to comment and check in ${tookMs} ms`);
  line("─".repeat(width));
  line(renderTerminal(decision, { colour, width }).trimEnd());
  const comment = [...repository.comments.values()].find((one) => one.number === number);
  if (options.write !== undefined) await keep(options.write, risk, decision, comment?.body ?? "");
  line(`On GitHub: ${await checkWords(world, number)} The comment begins:`);
  for (const words of visible(comment?.body ?? "")
    .split("\n")
    .filter(Boolean)
    .slice(0, 2))
    line(`  ${words}`);
}

/** Until Ctrl-C: every line is a comment that somebody writes on a pull request. */
function stay(world: DemoWorld): void {
  const { number } = world.sample.pulls.high;
  line();
  line(`The page: ${world.app.url}. Now you: each line is a comment: ${howToSay}. For example:`);
  line(`  ${number} maria /help`);
  line(`  ${number} maria /approve-risk The migration was rehearsed on a copy`);
  line(`  ${number} chidi /hold Wait for the database team`);
  line("On your own code: npx --no-install adaptive-deploy decide --repo <a git checkout>. Ctrl-C ends.");
  const input = createInterface({ input: process.stdin });
  input.on("line", (text) => {
    if (text.trim() === "") return;
    sayOnPull(world, text)
      .then((answers) => line(answers.join("\n")))
      .catch((error: unknown) => line(error instanceof Error ? error.message : String(error)));
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().then(() => process.exit(0)));
}

async function keep(folder: string, name: string, decision: Decision, comment: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = {
    "comment.md": comment,
    "summary.md": renderSummary(decision),
    ansi: renderTerminal(decision, { colour: true, width: 100 }),
    svg: renderSvg(decision),
    json: `${JSON.stringify(decision, null, 2)}\n`,
  };
  for (const [ending, text] of Object.entries(files))
    await writeFile(join(folder, `${name}.${ending}`), text);
}
