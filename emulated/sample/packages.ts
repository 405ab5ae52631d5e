/** package.json files and the lock file of the sample, from one table of versions. */

export type Versions = Record<string, string>;

export const firstVersions: Versions = {
  express: "4.18.2",
  fastify: "4.26.0",
  pino: "8.18.0",
  pg: "8.11.3",
  react: "18.2.0",
  "react-dom": "18.2.0",
  stripe: "14.14.0",
  undici: "6.6.0",
  vite: "5.0.12",
  vitest: "1.2.2",
  zod: "3.22.4",
};

const services: Record<string, string[]> = {
  "payments-api": ["fastify", "pg", "pino", "stripe", "zod"],
  "receipts-worker": ["pino", "undici", "zod"],
  "shop-web": ["express", "react", "react-dom", "vite"],
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Not a digest of anything: it only has to change with the version, as a real one does. */
function integrity(name: string, version: string): string {
  return `sha512-${Buffer.from(`${name}@${version}`.padEnd(64, "0").slice(0, 64)).toString("base64")}`;
}

function lockFile(versions: Versions): string {
  const packages: Record<string, unknown> = { "": { name: "shop", workspaces: ["services/*"] } };
  for (const [service, names] of Object.entries(services))
    packages[`services/${service}`] = {
      name: service,
      dependencies: Object.fromEntries(names.map((name) => [name, `^${versions[name]}`])),
    };
  for (const [name, version] of Object.entries(versions))
    packages[`node_modules/${name}`] = {
      version,
      integrity: integrity(name, version),
      license: "MIT",
      engines: { node: ">=18" },
    };
  return json({ name: "shop", lockfileVersion: 3, requires: true, packages });
}

export function packageFiles(versions: Versions): Record<string, string> {
  const root = {
    name: "shop",
    private: true,
    workspaces: ["services/*"],
    scripts: { test: "vitest run" },
    devDependencies: { vitest: `^${versions.vitest}` },
  };
  const files: Record<string, string> = {
    "package.json": json(root),
    "package-lock.json": lockFile(versions),
  };
  for (const [service, names] of Object.entries(services))
    files[`services/${service}/package.json`] = json({
      name: service,
      private: true,
      type: "module",
      dependencies: Object.fromEntries(names.map((name) => [name, `^${versions[name]}`])),
    });
  return files;
}
