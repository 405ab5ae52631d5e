import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions } from "../../../core/change/dependencies/compare.ts";
import { dependencyChanges, lockFileOf } from "../../../core/change/dependencies/index.ts";
import { gitPatch } from "./git-patch.ts";

/** Writes lock files as each tool does, so that the patch of real git can be compared with the true difference. */

type Locked = [name: string, version: string];

const hash = (name: string, version: string, salt = 0) =>
  [...`${name}${version}${salt}`]
    .reduce((sum, letter) => (sum * 131 + letter.charCodeAt(0)) % 2 ** 45, 7)
    .toString(36)
    .padStart(20, "0");

function npmLock(packages: Locked[], indent: number): string {
  const entries: [string, unknown][] = packages.map(([name, version], index) => {
    const second = packages.findIndex(([other]) => other === name) !== index;
    return [
      `${second ? "node_modules/zz-host/" : ""}node_modules/${name}`,
      {
        version,
        resolved: `https://registry.example/${name}/-/${name}-${version}.tgz`,
        integrity: `sha512-${hash(name, version)}`,
        ...(name.length % 2 ? { dev: true } : {}),
        ...(version.includes("1") ? { dependencies: { version: "^1.0.0", left: "2.x" } } : {}),
        engines: { node: ">=8" },
      },
    ];
  });
  const root = {
    name: "app",
    version: "1.0.0",
    dependencies: Object.fromEntries(packages.map(([n, v]) => [n, `^${v}`])),
  };
  const document = { name: "app", version: "1.0.0", lockfileVersion: 3, requires: true };
  return `${JSON.stringify({ ...document, packages: { "": root, ...Object.fromEntries(entries) } }, null, indent)}\n`;
}

function npmOldLock(packages: Locked[]): string {
  const entries = packages.map(([name, version]) => [
    name,
    {
      version,
      resolved: `https://registry.example/${name}-${version}.tgz`,
      integrity: hash(name, version),
      requires: { a: "^1.0.0" },
    },
  ]);
  const document = {
    name: "app",
    version: "1.0.0",
    lockfileVersion: 1,
    requires: true,
    dependencies: Object.fromEntries(entries),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function pnpmLock(packages: Locked[]): string {
  const key = (name: string, version: string) =>
    name.startsWith("@") ? `'${name}@${version}'` : `${name}@${version}`;
  return [
    "lockfileVersion: '9.0'\n",
    "importers:\n\n  .:\n    dependencies:",
    ...packages.map(
      ([name, version]) => `      ${name}:\n        specifier: ^${version}\n        version: ${version}`,
    ),
    "\npackages:\n",
    ...packages.map(
      ([name, version]) =>
        `  ${key(name, version)}:\n    resolution: {integrity: sha512-${hash(name, version)}}\n    engines: {node: '>=8'}\n`,
    ),
    "snapshots:\n",
    ...packages.map(([name, version]) => `  ${key(name, version)}: {}\n`),
  ].join("\n");
}

function yarnLock(packages: Locked[]): string {
  return packages
    .map(([name, version]) => {
      const heading = name.startsWith("@")
        ? `"${name}@^${version}"`
        : `${name}@^${version}, ${name}@>=${version}`;
      return `${heading}:\n  version "${version}"\n  resolved "https://registry.example/${name}-${version}.tgz"\n  integrity ${hash(name, version)}\n  dependencies:\n    version "^1.0.0"\n`;
    })
    .join("\n");
}

function poetryLock(packages: Locked[]): string {
  const tables = packages.map(([name, version]) =>
    [
      `[[package]]\nname = "${name}"\nversion = "${version}"\ndescription = "About ${name}."\noptional = false`,
      `python-versions = ">=3.8"\nfiles = [\n    {file = "${name}-${version}.whl", hash = "sha256:${hash(name, version)}"},`,
      `    {file = "${name}-${version}.tar.gz", hash = "sha256:${hash(name, version, 1)}"},\n]\n`,
      `[package.dependencies]\nversion = ">=1.0"\nidna = ">=2.5,<4"\n`,
    ].join("\n"),
  );
  return `${tables.join("\n")}\n[metadata]\nlock-version = "2.0"\ncontent-hash = "${hash(String(packages), "")}"\n`;
}

function uvLock(packages: Locked[]): string {
  const own = `[[package]]\nname = "app"\nversion = "0.${packages.length}.0"\nsource = { editable = "." }\n`;
  const tables = packages.map(
    ([name, version]) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://registry.example/simple" }\nwheels = [\n    { url = "https://files.example/${name}-${version}.whl", hash = "sha256:${hash(name, version)}", size = 1 },\n]\n`,
  );
  return `version = 1\nrequires-python = ">=3.12"\n\n${[own, ...tables].join("\n")}`;
}

function cargoLock(packages: Locked[]): string {
  const own = `[[package]]\nname = "app"\nversion = "0.${packages.length}.0"\ndependencies = [\n${packages.map(([name]) => ` "${name}",\n`).join("")}]\n`;
  const tables = packages.map(
    ([name, version]) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://registry.example/index"\nchecksum = "${hash(name, version)}"\n`,
  );
  return `version = 4\n\n${[own, ...tables].join("\n")}`;
}

function pipfileLock(packages: Locked[]): string {
  const entries = packages.map(([name, version]) => [
    name,
    {
      hashes: [0, 1].map((salt) => `sha256:${hash(name, version, salt)}`).sort(),
      index: "pypi",
      version: `==${version}`,
    },
  ]);
  const document = {
    _meta: { hash: { sha256: hash(String(packages), "") }, "pipfile-spec": 6 },
    default: Object.fromEntries(entries),
  };
  return `${JSON.stringify(document, null, 4)}\n`;
}

function goMod(packages: Locked[]): string {
  const lines = packages.map(
    ([name, version]) => `\texample.org/${name} v${version}${name.length % 2 ? " // indirect" : ""}\n`,
  );
  const half = Math.ceil(lines.length / 2);
  return `module example.org/app\n\ngo 1.24\n\nrequire (\n${lines.slice(0, half).join("")})\n\nrequire (\n${lines.slice(half).join("")})\n\nexclude (\n\texample.org/never v1.${packages.length}.0\n)\n`;
}

function pom(packages: Locked[]): string {
  const dependencies = packages.map(
    ([name, version]) =>
      `    <dependency>\n      <groupId>org.example</groupId>\n      <artifactId>${name}</artifactId>\n      <version>${version}</version>${name.length % 2 ? "\n      <scope>test</scope>" : ""}\n    </dependency>\n`,
  );
  return `<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0"\n    xmlns:xsi="x">\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>org.example</groupId>\n  <artifactId>app</artifactId>\n  <version>1.${packages.length}.0</version>\n  <packaging>jar</packaging>\n  <dependencies>\n${dependencies.join("")}  </dependencies>\n</project>\n`;
}

const plainNames = [
  "a",
  "bb",
  "version",
  "name",
  "lodash",
  "left-pad",
  "serde",
  "__proto__",
  "constructor",
  "zlib",
  "q",
];
const requiredNames = plainNames.filter((name) => !name.startsWith("_"));
const npmNames = [...plainNames, "@scope/a", "@scope/version", "resolved"];
const versions = ["0.1.0", "0.2.0", "1.0.0", "1.1.0", "1.1.1", "2.0.0", "2.0.0-rc.1", "10.4.12"];

const formats: [
  path: string,
  names: string[],
  copies: number,
  write: (packages: Locked[]) => string,
  shown: (name: string) => string,
][] = [
  ["package-lock.json", npmNames, 2, (packages) => npmLock(packages, 2), (name) => name],
  ["web/npm-shrinkwrap.json", npmNames, 1, (packages) => npmLock(packages, 4), (name) => name],
  ["old/package-lock.json", npmNames, 1, npmOldLock, (name) => name],
  ["pnpm-lock.yaml", npmNames, 2, pnpmLock, (name) => name],
  ["yarn.lock", npmNames, 2, yarnLock, (name) => name],
  [
    "requirements.txt",
    requiredNames,
    1,
    (packages) => packages.map(([name, version]) => `${name}==${version}\n`).join(""),
    python,
  ],
  ["requirements/dev.txt", requiredNames, 1, compiledRequirements, python],
  ["poetry.lock", plainNames, 2, poetryLock, python],
  ["uv.lock", plainNames, 2, uvLock, python],
  ["Pipfile.lock", plainNames, 1, pipfileLock, python],
  ["go.mod", plainNames, 1, goMod, (name) => `example.org/${name}`],
  ["Cargo.lock", plainNames, 2, cargoLock, (name) => name],
  ["service/pom.xml", plainNames, 1, pom, (name) => `org.example:${name}`],
];

function python(name: string): string {
  return name.replace(/[-_.]+/g, "-");
}

function compiledRequirements(packages: Locked[]): string {
  const lines = packages.map(
    ([name, version]) =>
      `${name}[extra]==${version} ; python_version >= "3.8" \\\n    --hash=sha256:${hash(name, version)} \\\n    --hash=sha256:${hash(name, version, 1)}\n    # via app\n`,
  );
  return `# made by pip-compile\n${lines.join("")}`;
}

/** Locked packages in the order of their names, each in up to `copies` versions. */
function lockedOf(names: string[], copies: number): fc.Arbitrary<Locked[]> {
  const package_ = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...versions));
  return fc
    .uniqueArray(package_, { selector: ([name, version]) => `${name} ${version}`, maxLength: 14 })
    .map((all) => all.sort(([a, v], [b, w]) => (`${a} ${v}` < `${b} ${w}` ? -1 : 1)))
    .map((all) =>
      all.filter(([name], index) => all.slice(0, index).filter(([other]) => other === name).length < copies),
    );
}

function setsOf(packages: Locked[], shown: (name: string) => string, prefix: string) {
  const sets = new Map<string, Set<string>>();
  for (const [name, version] of packages) {
    const known = sets.get(shown(name)) ?? new Set();
    sets.set(shown(name), known.add(`${prefix}${version}`));
  }
  return sets;
}

describe("the patch of a lock file tells the true difference", () => {
  it.each(formats)("%s", async (path, names, copies, write, shown) => {
    const lockFile = lockFileOf(path);
    if (!lockFile) throw new Error(`${path} has no reader`);
    const prefix = lockFile.ecosystem === "go" ? "v" : "";
    const locked = lockedOf(names, copies);
    await fc.assert(
      fc.asyncProperty(locked, locked, fc.boolean(), async (one, other, mostlySame) => {
        const before = one;
        const after = mostlySame
          ? [...one.slice(0, -2), ...other.filter(([name]) => name > (one.at(-2)?.[0] ?? ""))]
          : other;
        const told = dependencyChanges([{ path, patch: await gitPatch(write(before), write(after)) }]);
        const truth = compareVersions(lockFile, setsOf(before, shown, prefix), setsOf(after, shown, prefix));
        if (!told.known) throw new Error(told.why);
        expect(new Set(told.changes.map((change) => JSON.stringify(change)))).toEqual(
          new Set(truth.map((change) => JSON.stringify(change))),
        );
      }),
      { numRuns: 60 },
    );
  });
});
