/** "owner/name" in its parts, as our own types name them. */
export function ownerAndName(fullName: string): { owner: string; name: string } {
  const [owner = "", name = ""] = fullName.split("/");
  return { owner, name };
}

/** The same, as GitHub's routes name them. */
export function ownerAndRepo(fullName: string): { owner: string; repo: string } {
  const { owner, name: repo } = ownerAndName(fullName);
  return { owner, repo };
}
