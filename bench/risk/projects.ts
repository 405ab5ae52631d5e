import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const projectNames = ["openstack", "qt", "go", "gerrit", "jdt", "platform"] as const;
export type ProjectName = (typeof projectNames)[number];

/** Commits of one project, oldest first, a column each. `entropy` is scaled to 0–1 as our own fact is. */
export type Project = {
  name: ProjectName;
  additions: Int32Array;
  deletions: Int32Array;
  files: Int32Array;
  directories: Int32Array;
  entropy: Float64Array;
  /** 1 where a later fix blamed the commit. */
  buggy: Uint8Array;
};

const folder = fileURLToPath(new URL("../../../shared/data/change-risk/", import.meta.url));
const newestShare = 0.3;

/** The six projects, or undefined where the data does not lie beside the checkout. */
export function readProjects(): Project[] | undefined {
  if (!projectNames.every((name) => existsSync(file(name)))) return undefined;
  return projectNames.map(readProject);
}

export function newestPart(project: Project): Project {
  const start = Math.floor(project.buggy.length * (1 - newestShare) + 1e-9);
  return {
    name: project.name,
    additions: project.additions.subarray(start),
    deletions: project.deletions.subarray(start),
    files: project.files.subarray(start),
    directories: project.directories.subarray(start),
    entropy: project.entropy.subarray(start),
    buggy: project.buggy.subarray(start),
  };
}

function file(name: ProjectName): string {
  return `${folder}issta21_${name}.csv`;
}

function readProject(name: ProjectName): Project {
  const [header, ...lines] = readFileSync(file(name), "utf8").trimEnd().split("\n");
  const names = (header ?? "").trim().split(",");
  const rows = lines.map((line) => line.trim().split(","));
  const column = (title: string): number[] => {
    const index = names.indexOf(title);
    if (index < 0) throw new Error(`${file(name)} has no column ${title}; it has ${names.join(", ")}.`);
    return rows.map((row) => Number(row[index]));
  };
  const files = Int32Array.from(column("nf"));
  return {
    name,
    additions: Int32Array.from(column("la")),
    deletions: Int32Array.from(column("ld")),
    files,
    directories: Int32Array.from(column("nd")),
    entropy: Float64Array.from(column("entropy"), (bits, index) => scaled(bits, files[index] ?? 1)),
    buggy: Uint8Array.from(column("bug")),
  };
}

/**
 * Theirs is Shannon entropy in bits over all changed files while `nf` leaves some files out, so that a few hundred
 * commits come out above 1.
 */
function scaled(bits: number, files: number): number {
  return files < 2 ? 0 : Math.min(1, bits / Math.log2(files));
}
