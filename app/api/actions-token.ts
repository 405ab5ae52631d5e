import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import * as z from "zod";
import type { Caller } from "./caller.ts";
import type { ApiOptions } from "./options.ts";
import { Problem } from "./problem.ts";
import type { Scope } from "./scopes.ts";

/** What GitHub says of a job in its token. Claims that are not used are not looked at. */
export const workflowClaims = z.object({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  repository_id: z.string(),
  ref: z.string(),
  workflow_ref: z.string(),
  job_workflow_ref: z.string(),
  actor: z.string().min(1),
  environment: z.string().optional(),
});
export type WorkflowClaims = z.infer<typeof workflowClaims>;

/** Clocks differ a little; more than this is a reason to look at the clock. */
const skewSeconds = 30;
const longestLife = "1h";

const scopesOfAJob: ReadonlySet<Scope> = new Set<Scope>([
  "facts:write",
  "decisions:read",
  "decisions:write",
  "events:write",
  "policies:read",
  "ledger:read",
  "ledger:write",
]);

export async function callerOfJob(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, now }: Pick<ApiOptions, "issuer" | "audience" | "now">,
): Promise<Caller> {
  const claims = await verified(token, keys, { issuer, audience, now });
  const { job_workflow_ref: job, workflow_ref: outer } = claims;
  return {
    // Whatever a right depends on is part of it: an answer that was kept for one job is not another's.
    key: [
      "actions",
      claims.repository_id,
      claims.repository.toLowerCase(),
      outer,
      job,
      claims.environment ?? "",
    ].join(":"),
    actor: claims.actor,
    source: `actions:${job === outer ? job : `${outer} ${job}`}`,
    repository: claims.repository.toLowerCase(),
    scopes: scopesOfAJob,
    claims,
  };
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, now }: Pick<ApiOptions, "issuer" | "audience" | "now">,
): Promise<WorkflowClaims> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ["RS256"],
      clockTolerance: skewSeconds,
      currentDate: now(),
      maxTokenAge: longestLife,
      requiredClaims: ["exp", "iat"],
    });
    return workflowClaims.parse(payload);
  } catch (error) {
    throw refusal(error);
  }
}

const refused = (what: string): Problem =>
  new Problem(
    401,
    "bad-token",
    `The OIDC token is refused: ${what}. Ask for a new one in the job (permissions: id-token: write) with the App's address as audience.`,
    { "www-authenticate": 'Bearer error="invalid_token"' },
  );

/** Says what is wrong with a token without saying anything of what stands in it. */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refused("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(`its claim "${error.claim}" is not what it has to be`);
  if (error instanceof errors.JOSEAlgNotAllowed) return refused("it is not signed with RS256");
  if (error instanceof errors.JWKSNoMatchingKey) return refused("the issuer has no key of that name");
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused("its signature does not fit");
  if (error instanceof errors.JOSEError) return refused("it is not a signed token");
  if (error instanceof z.ZodError)
    return refused(`its claim "${String(error.issues[0]?.path[0])}" is missing or misshapen`);
  return error;
}
