import { execFile } from "node:child_process";
import { devNull } from "node:os";

/** A whole history in one `git fast-import`: one process however many commits. */

export type Person = { name: string; email: string };
export type Edits = Record<string, string | null>;
export type NewCommit = {
  /** For example refs/heads/main. */
  ref: string;
  author: Person;
  /** Seconds since 1970, UTC. */
  at: number;
  message: string;
  /** Whole contents of the files that change; null removes one. */
  edits: Edits;
  /** Marks of the parents where the commit does not simply follow its ref. */
  from?: number;
  merge?: number;
};

export type Stream = {
  commit(about: NewCommit): number;
  tag(name: string, mark: number, at: number): void;
  text(): string;
};

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
const who = (person: Person, at: number): string => `${person.name} <${person.email}> ${at} +0000\n`;

export function fastImportStream(): Stream {
  const parts: string[] = [];
  let last = 0;
  return {
    commit(about) {
      last += 1;
      parts.push(`commit ${about.ref}\nmark :${last}\n`);
      parts.push(`author ${who(about.author, about.at)}committer ${who(about.author, about.at)}`);
      parts.push(data(about.message));
      if (about.from !== undefined) parts.push(`from :${about.from}\n`);
      if (about.merge !== undefined) parts.push(`merge :${about.merge}\n`);
      for (const [path, content] of Object.entries(about.edits))
        parts.push(content === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(content)}`);
      parts.push("\n");
      return last;
    },
    tag(name, mark, at) {
      const tagger = { name: "Acme Releases", email: "releases@acme.example" };
      parts.push(`tag ${name}\nfrom :${mark}\ntagger ${who(tagger, at)}${data(name)}`);
    },
    text: () => parts.join(""),
  };
}

export function git(folder: string, args: string[], input = ""): Promise<string> {
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: "0",
  };
  return new Promise((resolve, reject) => {
    const child = execFile("git", args, { cwd: folder, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args[0]}: ${stderr || error.message}`));
      else resolve(stdout.trimEnd());
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
