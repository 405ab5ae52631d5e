import { listCommits, mergeBase, readCommit, resolveCommit } from "../git/commit.ts";
import { diffText, diffTrees } from "../git/diff.ts";
import { type Answer, notFound, ok, paged, Refusal, type RepositoryCall, repositoryRoute } from "../route.ts";
import { renderCommit, renderCommitWithFiles, renderFile } from "../shapes/commit.ts";
import { repositoryKey } from "../state.ts";

async function getCommit(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const ref = call.parameters.ref ?? "";
  const commit = await resolveCommit(repository.git, ref);
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  if (/\.sha\b/.test(call.accept))
    return {
      status: 200,
      raw: commit.oid,
      headers: { "content-type": "application/vnd.github.sha; charset=utf-8" },
    };
  return ok(await renderCommitWithFiles(world, repository, commit));
}

async function listAll(call: RepositoryCall): Promise<Answer> {
  const { repository, query } = call;
  const from = query.get("sha") ?? repository.defaultBranch;
  const start = await resolveCommit(repository.git, from);
  if (!start) throw notFound();
  const since = query.get("since");
  const until = query.get("until");
  const path = query.get("path");
  const oids = await repository.git.text([
    "rev-list",
    ...(since ? [`--since=${since}`] : []),
    ...(until ? [`--until=${until}`] : []),
    start.oid,
    "--",
    ...(path ? [path] : []),
  ]);
  return paged(call, oids.split("\n").filter(Boolean), async (oid) => {
    const commit = await readCommit(repository.git, oid);
    return commit && renderCommit(call.world, repository, commit);
  });
}

/** "branch", "sha" or "owner:branch" of a fork, whose objects are brought in first. */
async function endOf(call: RepositoryCall, name: string): Promise<string | null> {
  const { repository, world } = call;
  const [owner = "", branch] = name.split(":");
  if (branch === undefined) return (await resolveCommit(repository.git, name))?.oid ?? null;
  const fork = world.repositories.get(repositoryKey(`${owner}/${repository.name}`));
  if (!fork) return null;
  const tip = await resolveCommit(fork.git, branch);
  if (tip && fork !== repository)
    await repository.git.run(["fetch", "--quiet", "--no-tags", fork.git.folder, `refs/heads/${branch}`]);
  return tip?.oid ?? null;
}

async function compare(call: RepositoryCall): Promise<Answer> {
  const { repository, world, query } = call;
  const { git } = repository;
  const basehead = call.parameters.basehead ?? "";
  const [baseName = "", headName = ""] = basehead.split("...");
  const [base, head] = await Promise.all([endOf(call, baseName), endOf(call, headName)]);
  if (!base || !head) throw notFound();
  const common = await mergeBase(git, base, head);
  if (!common) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  if (/\.diff\b/.test(call.accept))
    return {
      status: 200,
      raw: await diffText(git, common, head),
      headers: { "content-type": "application/vnd.github.diff; charset=utf-8" },
    };
  const perPage = Math.min(Number(query.get("per_page") ?? 250) || 250, 250);
  const page = Math.max(Number(query.get("page") ?? 1) || 1, 1);
  const [commits, behind, files, baseCommit, commonCommit] = await Promise.all([
    listCommits(git, [`${base}..${head}`], ["--reverse"]),
    git.lasting(["rev-list", "--count", `${head}..${base}`]),
    page === 1 ? diffTrees(git, common, head) : [],
    readCommit(git, base),
    readCommit(git, common),
  ]);
  if (!baseCommit || !commonCommit) throw notFound();
  const ahead = commits.length;
  const behindBy = Number(behind);
  const htmlUrl = `${world.url}/${repository.fullName}/compare/${basehead}`;
  return ok({
    url: `${world.url}/repos/${repository.fullName}/compare/${basehead}`,
    html_url: htmlUrl,
    permalink_url: `${world.url}/${repository.fullName}/compare/${base}...${head}`,
    diff_url: `${htmlUrl}.diff`,
    patch_url: `${htmlUrl}.patch`,
    base_commit: renderCommit(world, repository, baseCommit),
    merge_base_commit: renderCommit(world, repository, commonCommit),
    status: ahead && behindBy ? "diverged" : ahead ? "ahead" : behindBy ? "behind" : "identical",
    ahead_by: ahead,
    behind_by: behindBy,
    total_commits: ahead,
    commits: commits
      .slice((page - 1) * perPage, page * perPage)
      .map((one) => renderCommit(world, repository, one)),
    files: files.slice(0, world.limits.compareFiles).map((file) => renderFile(world, repository, file, head)),
  });
}

export const commitRoutes = [
  repositoryRoute(
    {
      operation: "repos/get-commit",
      path: "GET /repos/{owner}/{repo}/commits/{ref}",
      needs: ["contents:read"],
    },
    getCommit,
  ),
  repositoryRoute(
    { operation: "repos/list-commits", path: "GET /repos/{owner}/{repo}/commits", needs: ["contents:read"] },
    listAll,
  ),
  repositoryRoute(
    {
      operation: "repos/compare-commits-with-basehead",
      path: "GET /repos/{owner}/{repo}/compare/{basehead}",
      needs: ["contents:read"],
    },
    compare,
  ),
];
