import { outOfPool, pool, versionAt } from "./machine.ts";

/** node deploy/free.ts <version>: prints the server of the pool that the version goes to. */
const [version = ""] = process.argv.slice(2);
// A job that runs again in the middle of its rollout finds its version in its place.
const versions = await Promise.all(
  Object.entries(pool).map(async ([name, { url }]) => ({ name, version: await versionAt(url) })),
);
const own = versions.find((one) => one.version === version)?.name;
const [free] = await outOfPool();
const server = own ?? free;
if (server === undefined)
  throw new Error("Both servers are in the pool: a rollout is under way. Let it end, or take it back.");
console.log(server);
