import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outOfPool, pool, servers, versionAt } from "./machine.ts";

/**
 * node deploy/place.ts <build> <server>: puts a build on a server, and waits until it answers there. What was there is
 * kept; the build `before` puts it back.
 */
const [build = "", name = ""] = process.argv.slice(2);
const server = servers[name];
if (server === undefined)
  throw new Error(`There is no server "${name}": ${Object.keys(servers).join(", ")}.`);
const { folder, url } = server;
const [kept, next] = [`${folder}.before`, `${folder}.next`];
const source = build === "before" ? kept : build;
const version = readFileSync(join(source, "version"), "utf8").trim();

const runs = await versionAt(url);
if (runs !== version) {
  if (runs !== null && name in pool && !(await outOfPool()).includes(name))
    throw new Error(`${name} is in the pool, and stays as it is.`);
  cpSync(source, next, { recursive: true });
  rmSync(kept, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, kept);
  renameSync(next, folder);
  execFileSync("systemctl", ["--user", "restart", `shop@${name}`], { stdio: "inherit" });
  const deadline = Date.now() + 30_000;
  while ((await versionAt(url)) !== version) {
    if (Date.now() > deadline) throw new Error(`${name} does not answer as ${version} at ${url}.`);
    await sleep(100);
  }
}
console.log(`${name} runs ${version}.`);
