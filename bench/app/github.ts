import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { startGitHub } from "../../emulated/github/index.ts";
import { type FrontSettings, front } from "./front.ts";
import { organisationOf, repositoryOf, writeRepository } from "./world.ts";

/**
 * The emulated GitHub in a process of its own: node bench/app/github.ts <organisations> <repositories> <pulls>
 * <releases>, of which each organisation has as many repositories. Prints where it is and ends with its parent.
 */
const slug = "adaptive-deploy";
const [organisations = 1, repositories = 1, pulls = 1, releases = 1] = process.argv.slice(2).map(Number);
const parent = await mkdtemp(join(tmpdir(), "bench-github-"));
const history = await writeRepository(join(parent, "shop"), { pulls, releases });
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const names = Array.from({ length: organisations }, (_, organisation) =>
  Array.from({ length: repositories }, (_, index) => ({
    owner: organisationOf(organisation),
    name: repositoryOf(index),
  })),
).flat();
const permissions = {
  contents: "read",
  checks: "write",
  pull_requests: "write",
  issues: "write",
  deployments: "write",
  actions: "read",
  members: "read",
  metadata: "read",
} as const;
const github = await startGitHub({
  users: [{ login: "maria", name: "Maria" }],
  repositories: names.map((place) => ({
    ...place,
    folder: history.folder,
    collaborators: { maria: "admin" },
    environments: ["production", "staging"],
    pulls: history.branches.map((head, index) => ({
      number: index + 1,
      title: `Change ${index + 1}`,
      author: "maria",
      head,
    })),
  })),
  apps: [{ slug, permissions, publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString() }],
});

const settings: FrontSettings = { latencyMs: 0, dry: false };
const wanted = z.object({ latencyMs: z.number(), dry: z.boolean() }).partial();
const asked = z.object({ repository: z.string(), number: z.int(), action: z.string() });
const { server, seen } = front(github.url, settings, async (path, body) => {
  if (path === "/bench/settings") return Object.assign(settings, wanted.parse(JSON.parse(body)));
  if (path === "/bench/seen") return seen.splice(0);
  if (path === "/bench/violations") return github.violations();
  if (path === "/bench/written") return written();
  const { repository, number, action } = asked.parse(JSON.parse(body));
  const pull = github.repository(repository).pulls.get(number);
  if (!pull) throw new Error(`There is no pull request ${number}.`);
  return github.events(repository).as({ app: slug, login: "maria" }).pullRequest(pull, action);
});

/** How many comments and checks stand on each pull request, for what must not be doubled. */
function written(): { most: number; comments: number; checks: number } {
  const counts = new Map<string, number>();
  const totals = { comments: 0, checks: 0 };
  for (const repository of github.world.repositories.values()) {
    const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const comment of repository.comments.values())
      count(`${repository.fullName} comment ${comment.number}`);
    for (const check of repository.checkRuns.values()) count(`${repository.fullName} check ${check.headSha}`);
    totals.comments += repository.comments.size;
    totals.checks += repository.checkRuns.size;
  }
  return { most: Math.max(0, ...counts.values()), ...totals };
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const said = {
    url: `http://127.0.0.1:${port}`,
    appId: String(github.world.apps.get(slug)?.id),
    privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    repositories: names.map(({ owner, name }) => `${owner}/${name}`),
    heads: history.heads,
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
});
// Its parent holds the other end: when that is gone, so is this.
process.stdin.resume().once("end", async () => {
  server.closeAllConnections();
  await github.close();
  await rm(parent, { recursive: true, force: true });
  process.exit(0);
});
