import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** The licences of everything that went into the bundles, from the folders that it came from. */

const packageManifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
});

export async function thirdPartyLicenses(modules: Iterable<string>): Promise<string> {
  const folders = new Set([...modules].flatMap((module) => packageFolder(module) ?? []));
  const parts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version, license } = packageManifest.parse(
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
    );
    const title = `${name} ${version}`;
    const said = typeof license === "string" ? license : (license?.type ?? "no licence named");
    parts.set(title, `${title} (${said})\n\n${await licenseText(folder)}`);
  }
  const introduction =
    "The bundles in this folder hold code of these packages, each under its own licence.\n";
  const sorted = [...parts.keys()].sort().map((title) => parts.get(title));
  return [introduction, ...sorted].join(`\n${"-".repeat(78)}\n\n`);
}

/** The package that a module belongs to; undefined for our own files and for what the bundler itself wrote. */
function packageFolder(module: string): string | undefined {
  const match = /^(?<folder>\/?[^\0]*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module);
  return match?.groups?.folder;
}

async function licenseText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.length
    ? `${texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n")}\n`
    : "Its package holds no licence text.\n";
}
