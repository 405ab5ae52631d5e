import * as z from "zod";

/** The GraphQL that the ledger speaks, each query beside the parser of its answer. */

const blobFields = "... on Blob { oid byteSize isTruncated text }";
const tip = "oid ... on Commit { message }";

export const tipQuery = `query LedgerTip($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { target { ${tip} } } }
}`;

export const landedQuery = `query LedgerLanded($owner: String!, $name: String!, $ref: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) { target { ${tip} ... on Commit { file(path: $path) { object { oid } } } } }
  }
}`;

export const readQuery = `query LedgerRead($owner: String!, $name: String!, $ref: String!, $bucket: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      target {
        ${tip}
        ... on Commit {
          tree { entries { name type oid } }
          file(path: $bucket) { oid object { ... on Tree { entries { name object { ${blobFields} } } } } }
        }
      }
    }
  }
}`;

export const bucketQuery = `query LedgerBucket($owner: String!, $name: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) { ... on Tree { entries { name object { ${blobFields} } } } }
  }
}`;

export const branchesQuery = `query LedgerBranches($owner: String!, $name: String!, $prefix: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $prefix, first: 100, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } }
  }
}`;

export const commitMutation = `mutation LedgerAppend($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

const blob = z.looseObject({
  oid: z.string().optional(),
  byteSize: z.number().optional(),
  isTruncated: z.boolean().optional(),
  text: z.string().nullish(),
});
export type BlobAnswer = z.infer<typeof blob>;

const files = z.array(z.looseObject({ name: z.string(), object: blob.nullish() }));
export type FileAnswer = z.infer<typeof files>[number];
const folder = z.looseObject({ entries: files.optional() });

const inRepository = <Shape extends z.ZodType>(shape: Shape) => z.looseObject({ repository: shape });
const withTarget = <Shape extends z.ZodType>(target: Shape) =>
  inRepository(z.looseObject({ ref: z.looseObject({ target }).nullish() }));

const tipFields = { oid: z.string(), message: z.string().optional() };
export const tipAnswer = withTarget(z.looseObject(tipFields));
export const landedAnswer = withTarget(
  z.looseObject({ ...tipFields, file: z.looseObject({ object: blob.nullish() }).nullish() }),
);
export const readAnswer = withTarget(
  z.looseObject({
    ...tipFields,
    tree: z.looseObject({
      entries: z.array(z.looseObject({ name: z.string(), type: z.string(), oid: z.string() })).nullish(),
    }),
    file: z.looseObject({ oid: z.string(), object: folder.nullish() }).nullish(),
  }),
);
export const bucketAnswer = inRepository(z.looseObject({ object: folder.nullish() }));
export const branchesAnswer = inRepository(
  z.looseObject({
    refs: z.looseObject({
      nodes: z.array(z.looseObject({ name: z.string() })),
      pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    }),
  }),
);
export const commitAnswer = z.looseObject({
  createCommitOnBranch: z.looseObject({ commit: z.looseObject({ oid: z.string() }) }),
});
export const blobAnswer = z.looseObject({ content: z.string(), encoding: z.literal("base64") });
export const madeAnswer = z.looseObject({ sha: z.string() });
export const createdAnswer = z.looseObject({ ref: z.string() });
