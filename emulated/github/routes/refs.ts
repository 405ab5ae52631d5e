import * as z from "zod";
import { mergeBase } from "../git/commit.ts";
import { noObject } from "../git/write.ts";
import {
  type Answer,
  bodyOf,
  created,
  noContent,
  notFound,
  ok,
  paged,
  Refusal,
  type RepositoryCall,
  repositoryRoute,
} from "../route.ts";
import { apiUrl } from "../shapes/repository.ts";
import { nodeId } from "../shapes/user.ts";

function renderRef(call: RepositoryCall, ref: string, sha: string, type: string) {
  const url = apiUrl(call.world, call.repository);
  return {
    ref,
    node_id: nodeId("Ref", ref),
    url: `${url}/git/${ref}`,
    object: { sha, type, url: `${url}/git/${type}s/${sha}` },
  };
}

async function getRef(call: RepositoryCall): Promise<Answer> {
  const ref = `refs/${call.parameters.ref}`;
  const found = await call.repository.git.info(ref);
  if (!found) throw notFound();
  return ok(renderRef(call, ref, found.oid, found.type));
}

async function matchingRefs(call: RepositoryCall): Promise<Answer> {
  const prefix = `refs/${call.parameters.ref}`;
  const lines = await call.repository.git.text([
    "for-each-ref",
    "--format=%(refname) %(objectname) %(objecttype)",
  ]);
  const found = lines
    .split("\n")
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.split(" "));
  return paged(call, found, ([ref = "", sha = "", type = ""]) => renderRef(call, ref, sha, type));
}

const newRef = z.looseObject({ ref: z.string(), sha: z.string() });

async function createRef(call: RepositoryCall): Promise<Answer> {
  const { git } = call.repository;
  const wanted = bodyOf(call, newRef);
  if (!/^refs\/[^/]+\/.+/.test(wanted.ref))
    throw new Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.");
  const target = await git.info(wanted.sha);
  if (!target) throw new Refusal(422, "Object does not exist");
  if (!(await git.move(wanted.ref, target.oid, noObject))) {
    if (await git.info(wanted.ref)) throw new Refusal(422, "Reference already exists");
    throw new Refusal(422, "Reference could not be created");
  }
  return created(renderRef(call, wanted.ref, target.oid, target.type));
}

const refMove = z.looseObject({ sha: z.string(), force: z.boolean().default(false) });

async function updateRef(call: RepositoryCall): Promise<Answer> {
  const { git } = call.repository;
  const ref = `refs/${call.parameters.ref}`;
  const wanted = bodyOf(call, refMove);
  const [now, target] = await Promise.all([git.info(ref), git.info(wanted.sha)]);
  if (!now) throw new Refusal(422, "Reference does not exist");
  if (!target) throw new Refusal(422, "Object does not exist");
  const forward = (await mergeBase(git, now.oid, target.oid)) === now.oid;
  if (!forward && !wanted.force) throw new Refusal(422, "Update is not a fast forward");
  // Another writer may have come between the reading and the moving.
  if (!(await git.move(ref, target.oid, now.oid))) throw new Refusal(422, "Update is not a fast forward");
  return ok(renderRef(call, ref, target.oid, target.type));
}

async function deleteRef(call: RepositoryCall): Promise<Answer> {
  const ref = `refs/${call.parameters.ref}`;
  if (!(await call.repository.git.info(ref))) throw new Refusal(422, "Reference does not exist");
  await call.repository.git.run(["update-ref", "-d", ref]);
  return noContent;
}

export const refRoutes = [
  repositoryRoute(
    { operation: "git/get-ref", path: "GET /repos/{owner}/{repo}/git/ref/{ref}", needs: ["contents:read"] },
    getRef,
  ),
  repositoryRoute(
    {
      operation: "git/list-matching-refs",
      path: "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
      needs: ["contents:read"],
    },
    matchingRefs,
  ),
  repositoryRoute(
    { operation: "git/create-ref", path: "POST /repos/{owner}/{repo}/git/refs", needs: ["contents:write"] },
    createRef,
  ),
  repositoryRoute(
    {
      operation: "git/update-ref",
      path: "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
      needs: ["contents:write"],
    },
    updateRef,
  ),
  repositoryRoute(
    {
      operation: "git/delete-ref",
      path: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
      needs: ["contents:write"],
    },
    deleteRef,
  ),
];
