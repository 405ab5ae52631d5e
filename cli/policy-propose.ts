import { changesOfHistory } from "../adapters/git/past-changes.ts";
import { gitRepository } from "../adapters/git/repository.ts";
import { propose } from "../adapters/github/proposal.ts";
import { checkFolder } from "../adapters/policy/folder.ts";
import { bundleWith, type OwnFolder, ownFolder } from "../adapters/policy/own-folder.ts";
import { policyImpact } from "../core/decision/impact.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { largestModelMib } from "../core/policy/bundle/model-files.ts";
import { describeProblem } from "../core/policy/yaml/problem.ts";
import { renderPolicyProposal } from "../core/render/model/policy-proposal.ts";
import { listed } from "../core/render/numbers.ts";
import type { Arguments } from "./arguments.ts";
import { gitHubHere } from "./github.ts";
import type { Terminal } from "./terminal.ts";

/** What the policy folder of a checkout has beyond its commit, as a pull request. */
export async function proposeEdits(argument: Arguments, terminal: Terminal): Promise<number> {
  const root = argument.given("repo") ?? ".";
  const own = await ownFolder(root);
  const before = await committedFolder(root, own);
  const names = [...own.files].flatMap(([name, text]) => (before.files.get(name) === text ? [] : [name]));
  if (names.length === 0) {
    terminal.out(`${own.folder} is as it was committed: there is nothing to propose.\n`);
    return exitCodes.go;
  }
  const { bundle, problems } = checkFolder(own.files, { name: "repository", commit: "local" }, new Date());
  if (bundle === undefined) throw new UserError("policy-invalid", problems.map(describeProblem).join("\n"));
  const impact = policyImpact(await changesOfHistory(root, bundle), bundleWith(before), bundle);
  const { client, repository } = await gitHubHere(argument, terminal, "policy propose writes to");
  const textsOf = ({ files }: OwnFolder) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const text = files.get(name);
        return text === undefined ? [] : [[`${own.folder}/${name}`, text]];
      }),
    );
  const said = await propose(client, repository, {
    ...{ kind: "policy", files: textsOf(own), edited: textsOf(before) },
    ...renderPolicyProposal(names, impact, argument.given("title")),
  });
  terminal.out(`${said.sentence}\n`);
  return exitCodes.go;
}

async function committedFolder(root: string, { folder, files }: OwnFolder): Promise<OwnFolder> {
  const repository = gitRepository(root);
  const head = await repository.resolve("HEAD");
  const entries = (await repository.listFolder(head, folder)) ?? [];
  const paths = entries.flatMap(({ kind, name }) => (kind === "file" ? [`${folder}/${name}`] : []));
  const texts = await repository.readFiles(head, paths, largestModelMib * 1024 * 1024);
  const held = new Map([...texts].map(([path, text]) => [path.slice(folder.length + 1), text]));
  const gone = [...held.keys()].filter((name) => !files.has(name));
  if (gone.length > 0)
    throw new UserError(
      "file-removed",
      `${listed(gone)} of ${folder} is removed, which is not proposed here: put it back, or open that pull request by hand.`,
    );
  return { folder, files: held };
}
