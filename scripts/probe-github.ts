import { parseArgs } from "node:util";
import { Octokit } from "@octokit/rest";
import { probe } from "./probe/run.ts";
import { failures, table } from "./probe/table.ts";

/**
 * Asks github.com itself what could only be tried on an emulator: compare-and-swap, exclusive creation of refs, what
 * `HEAD:` means, what a token may write, and how an approval is asked for again. It writes to a scratch repository:
 * `GITHUB_TOKEN=… node scripts/probe-github.ts --repository owner/scratch --yes`.
 */
const usage = `Usage: GITHUB_TOKEN=… node scripts/probe-github.ts --repository owner/scratch --yes [--api-url https://host/api/v3]

It makes branches adaptive-deploy-probe/…, a pull request, comments and a check run in that repository. Afterwards it
deletes the branches and the comments and closes the pull request, which stays as a number. The repository needs a
first commit with a README.md. The token needs contents, pull requests and checks: write. A person's token may not
write checks on github.com, and the probe expects that.`;

function refuse(what: string): never {
  console.error(`probe-github: ${what}\n\n${usage}`);
  process.exit(64);
}

function options() {
  try {
    return parseArgs({
      options: {
        repository: { type: "string" },
        yes: { type: "boolean", default: false },
        "api-url": { type: "string", default: process.env.GITHUB_API_URL ?? "https://api.github.com" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const auth = process.env.GITHUB_TOKEN;
if (!auth) refuse("GITHUB_TOKEN is not set.");
const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(values.repository ?? "") ?? [];
if (!owner || !name) refuse("--repository is missing or is not owner/name.");
if (!values.yes) refuse(`say --yes to write to ${owner}/${name}. Never name a repository that matters.`);

const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const client = new Octokit({ auth, baseUrl: values["api-url"], log });
const rows = await probe(client, { owner, name });
console.log(table(rows));
process.exitCode = failures(rows) ? 1 : 0;
