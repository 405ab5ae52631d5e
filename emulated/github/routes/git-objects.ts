import * as z from "zod";
import { actorOf } from "../access.ts";
import { readCommit, resolveCommit } from "../git/commit.ts";
import { fixedIdentity } from "../git/pull-refs.ts";
import { parseTree } from "../git/tree.ts";
import { writeBlob, writeCommit, writeTree } from "../git/write.ts";
import {
  type Answer,
  bodyOf,
  created,
  notFound,
  ok,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { renderGitCommit } from "../shapes/commit.ts";
import { apiUrl } from "../shapes/repository.ts";
import { nodeId } from "../shapes/user.ts";

async function getBlob(call: RepositoryCall): Promise<Answer> {
  const found = await call.repository.git.object(call.parameters.file_sha ?? "");
  if (found?.type !== "blob") throw notFound();
  if (/\.raw\b/.test(call.accept))
    return {
      status: 200,
      raw: found.content,
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  return ok({
    sha: found.oid,
    node_id: nodeId("Blob", found.oid),
    size: found.content.length,
    url: `${apiUrl(call.world, call.repository)}/git/blobs/${found.oid}`,
    content: found.content.toString("base64"),
    encoding: "base64",
  });
}

const newBlob = z.looseObject({
  content: z.string(),
  encoding: z.enum(["utf-8", "base64"]).default("utf-8"),
});

async function createBlob(call: RepositoryCall): Promise<Answer> {
  const wanted = bodyOf(call, newBlob);
  const content = Buffer.from(wanted.content, wanted.encoding === "base64" ? "base64" : "utf8");
  const sha = writeBlob(call.repository.git, content);
  return created({ sha, url: `${apiUrl(call.world, call.repository)}/git/blobs/${sha}` });
}

type Listed = { path: string; mode: string; type: string; sha: string };

async function listTree(
  call: RepositoryCall,
  oid: string,
  prefix: string,
  recursive: boolean,
): Promise<Listed[]> {
  const tree = await call.repository.git.object(oid);
  const listed: Listed[] = [];
  for (const entry of tree ? parseTree(tree.content) : []) {
    const path = prefix + entry.name;
    listed.push({ path, mode: entry.mode, type: entry.type, sha: entry.oid });
    if (recursive && entry.type === "tree")
      listed.push(...(await listTree(call, entry.oid, `${path}/`, true)));
  }
  return listed;
}

async function renderTree(call: RepositoryCall, oid: string, recursive: boolean) {
  const url = `${apiUrl(call.world, call.repository)}/git`;
  const all = await listTree(call, oid, "", recursive);
  const shown = all.slice(0, call.world.limits.treeEntries);
  const tree = await Promise.all(
    shown.map(async (entry) => ({
      ...entry,
      ...(entry.type === "blob" ? { size: (await call.repository.git.info(entry.sha))?.size ?? 0 } : {}),
      url: `${url}/${entry.type}s/${entry.sha}`,
    })),
  );
  return { sha: oid, url: `${url}/trees/${oid}`, tree, truncated: shown.length < all.length };
}

async function getTree(call: RepositoryCall): Promise<Answer> {
  const name = call.parameters.tree_sha ?? "";
  const { git } = call.repository;
  const commit = await resolveCommit(git, name);
  const found = await git.info(commit ? commit.tree : `${name}^{tree}`);
  if (found?.type !== "tree") throw notFound();
  return ok(await renderTree(call, found.oid, call.query.has("recursive")));
}

const newTree = z.looseObject({
  base_tree: z.string().optional(),
  tree: z.array(
    z.looseObject({
      path: z.string(),
      mode: z.enum(["100644", "100755", "040000", "160000", "120000"]).default("100644"),
      type: z.enum(["blob", "tree", "commit"]).optional(),
      sha: z.string().nullish(),
      content: z.string().optional(),
    }),
  ),
});

async function createTree(call: RepositoryCall): Promise<Answer> {
  const { git } = call.repository;
  const wanted = bodyOf(call, newTree);
  const base =
    wanted.base_tree === undefined ? null : ((await git.info(`${wanted.base_tree}^{tree}`))?.oid ?? null);
  if (wanted.base_tree !== undefined && base === null)
    throw new Refusal(422, "base_tree is not a valid tree oid");
  const changes = await Promise.all(
    wanted.tree.map(async (entry) => {
      const oid =
        entry.content === undefined ? (entry.sha ?? null) : writeBlob(git, Buffer.from(entry.content));
      if (oid !== null && entry.mode !== "160000" && !(await git.info(oid)))
        throw new Refusal(422, `tree.sha ${oid} is not a valid ${entry.type ?? "blob"}`);
      return { path: entry.path, mode: entry.mode, oid };
    }),
  );
  const sha = await writeTree(git, base, changes);
  return created(await renderTree(call, sha, false));
}

async function getCommit(call: RepositoryCall): Promise<Answer> {
  const commit = await readCommit(call.repository.git, call.parameters.commit_sha ?? "");
  if (!commit) throw notFound();
  return ok(renderGitCommit(call.world, call.repository, commit));
}

const person = z.looseObject({ name: z.string(), email: z.string(), date: z.string().optional() });
const newCommit = z.looseObject({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: person.optional(),
});

async function createCommit(call: RepositoryCall): Promise<Answer> {
  const { git } = call.repository;
  const wanted = bodyOf(call, newCommit);
  if ((await git.info(wanted.tree))?.type !== "tree") throw new Refusal(422, "Tree SHA does not exist");
  for (const parent of wanted.parents)
    if ((await git.info(parent))?.type !== "commit")
      throw new Refusal(422, "Parent SHA does not exist or is not a commit object");
  const { user } = actorOf(call.token);
  const author = wanted.author ?? { name: user.name, email: user.email };
  const identity = fixedIdentity(wanted.author?.date ?? call.world.now(), author.name, author.email);
  const oid = writeCommit(git, wanted, identity);
  const commit = await readCommit(git, oid);
  if (!commit) throw notFound();
  return created(renderGitCommit(call.world, call.repository, commit));
}

export const gitObjectRoutes = [
  repositoryRoute(
    {
      operation: "git/get-blob",
      path: "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
      needs: ["contents:read"],
    },
    getBlob,
  ),
  repositoryRoute(
    { operation: "git/create-blob", path: "POST /repos/{owner}/{repo}/git/blobs", needs: ["contents:write"] },
    createBlob,
  ),
  repositoryRoute(
    {
      operation: "git/get-tree",
      path: "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
      needs: ["contents:read"],
    },
    getTree,
  ),
  repositoryRoute(
    { operation: "git/create-tree", path: "POST /repos/{owner}/{repo}/git/trees", needs: ["contents:write"] },
    createTree,
  ),
  repositoryRoute(
    {
      operation: "git/get-commit",
      path: "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
      needs: ["contents:read"],
    },
    getCommit,
  ),
  repositoryRoute(
    {
      operation: "git/create-commit",
      path: "POST /repos/{owner}/{repo}/git/commits",
      needs: ["contents:write"],
    },
    createCommit,
  ),
];
