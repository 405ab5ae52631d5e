import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";

/** After `npm ci` the command line works: it is built, and `npx adaptive-deploy` finds it in this checkout. */
const root = fileURLToPath(new URL("..", import.meta.url));
await build(`${root}/dist`, ["cli/index"]);
const entry = `${root}/dist/cli/index.js`;
await chmod(entry, 0o755);
const bin = `${root}/node_modules/.bin`;
await mkdir(bin, { recursive: true });
const link = `${bin}/adaptive-deploy`;
await rm(link, { force: true });
if (process.platform === "win32") {
  await writeFile(`${link}.cmd`, `@node "%~dp0..\\..\\dist\\cli\\index.js" %*\r\n`);
} else {
  await symlink("../../dist/cli/index.js", link);
}
