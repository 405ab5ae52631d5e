import { createServer } from "node:http";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

export type Claims = Record<string, unknown>;
export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** An issuer of OIDC tokens on loopback, with the addresses and claims of GitHub's. */
export async function startIssuer() {
  const published: JWK[] = [];
  const state = { asked: 0, status: 200, redirect: "" };
  const add = async (name: string): Promise<CryptoKey> => {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
    published.push({ ...(await exportJWK(publicKey)), kid: name, alg: "RS256", use: "sig" });
    return privateKey;
  };
  let current = { name: "first", key: await add("first") };
  const server = createServer((request, response) => {
    if (request.url !== "/.well-known/jwks") return response.writeHead(404).end();
    state.asked += 1;
    if (state.redirect) return response.writeHead(302, { location: state.redirect }).end();
    return response
      .writeHead(state.status, { "content-type": "application/json" })
      .end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  return {
    url,
    state,
    published,
    /** A new key takes the old one's place. */
    async rotate(name: string) {
      published.length = 0;
      current = { name, key: await add(name) };
    },
    sign: (claims: Claims, header: { kid?: string; key?: CryptoKey } = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: header.kid ?? current.name })
        .sign(header.key ?? current.key),
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** What GitHub puts into the token of a job on the default branch. */
export function claimsOfJob(about: { issuer: string; audience: string; now: Date }): Claims {
  const seconds = Math.floor(about.now.getTime() / 1000);
  const workflow = "octo-org/shop/.github/workflows/ci.yml@refs/heads/main";
  return {
    iss: about.issuer,
    aud: about.audience,
    sub: "repo:octo-org/shop:ref:refs/heads/main",
    iat: seconds,
    nbf: seconds - 300,
    exp: seconds + 300,
    repository: "octo-org/shop",
    repository_id: "1001",
    repository_owner: "octo-org",
    ref: "refs/heads/main",
    event_name: "push",
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    actor: "octocat",
  };
}

export const pullRequestWorkflow = "octo-org/shop/.github/workflows/ci.yml@refs/pull/7/merge";
