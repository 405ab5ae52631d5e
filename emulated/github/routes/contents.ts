import { resolveCommit } from "../git/commit.ts";
import { parseTree, type TreeEntry } from "../git/tree.ts";
import { type Answer, notFound, ok, type RepositoryCall, repositoryRoute } from "../route.ts";
import { apiUrl } from "../shapes/repository.ts";

const base64Lines = (content: Buffer): string =>
  content
    .toString("base64")
    .replace(/(.{60})/g, "$1\n")
    .replace(/\n?$/, "\n");

function entryOf(call: RepositoryCall, path: string, ref: string, sha: string, type: string, size: number) {
  const { repository, world } = call;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const query = `?ref=${encodeURIComponent(ref)}`;
  const url = `${apiUrl(world, repository)}/contents/${encoded}${query}`;
  const gitUrl = `${apiUrl(world, repository)}/git/${type === "dir" ? "trees" : "blobs"}/${sha}`;
  const htmlUrl = `${world.url}/${repository.fullName}/${type === "dir" ? "tree" : "blob"}/${ref}/${encoded}`;
  return {
    type,
    name: path.split("/").at(-1) ?? "",
    path,
    sha,
    size,
    url,
    git_url: gitUrl,
    html_url: htmlUrl,
    download_url: type === "file" ? `${world.url}/raw/${repository.fullName}/${ref}/${encoded}` : null,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}

async function directory(
  call: RepositoryCall,
  path: string,
  ref: string,
  entries: TreeEntry[],
): Promise<Answer> {
  const kinds: Record<string, string> = { blob: "file", tree: "dir", commit: "submodule" };
  const rendered = await Promise.all(
    entries.slice(0, 1000).map(async (entry) => {
      const size = entry.type === "blob" ? ((await call.repository.git.info(entry.oid))?.size ?? 0) : 0;
      const full = path === "" ? entry.name : `${path}/${entry.name}`;
      const kind = entry.mode === "120000" ? "symlink" : (kinds[entry.type] ?? "file");
      return entryOf(call, full, ref, entry.oid, kind, size);
    }),
  );
  return ok(rendered);
}

async function getContent(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const path = (call.parameters.path ?? "").replace(/^\/+|\/+$/g, "");
  const commit = await resolveCommit(repository.git, ref);
  const found = commit && (await repository.git.object(`${commit.oid}:${path}`));
  if (!found) throw notFound();
  if (found.type === "tree") return directory(call, path, ref, parseTree(found.content));
  if (/\.raw\b/.test(call.accept))
    return {
      status: 200,
      raw: found.content,
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  const tooBig = found.content.length > world.limits.contentBytes;
  return ok({
    ...entryOf(call, path, ref, found.oid, "file", found.content.length),
    content: tooBig ? "" : base64Lines(found.content),
    encoding: tooBig ? "none" : "base64",
  });
}

export const contentRoutes = [
  repositoryRoute(
    {
      operation: "repos/get-content",
      path: "GET /repos/{owner}/{repo}/contents/{path}",
      needs: ["contents:read"],
    },
    getContent,
  ),
];
