import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";

/**
 * After `npm ci` the command line works: it is built, and `npx --no-install adaptive-deploy` finds it in this checkout.
 * package.json declares no `bin` because npx would then install the checkout into its cache first; the release tree
 * declares it.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
await build(`${root}/dist`, ["cli/index"]);
const bin = `${root}/node_modules/.bin`;
await mkdir(bin, { recursive: true });
const link = `${bin}/adaptive-deploy`;
await rm(link, { force: true });
if (process.platform === "win32") {
  await writeFile(`${link}.cmd`, `@node "%~dp0..\\..\\dist\\cli\\index.js" %*\r\n`);
} else {
  await symlink("../../dist/cli/index.js", link);
}
