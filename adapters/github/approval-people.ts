import * as z from "zod";
import type { GitHubClient } from "./client.ts";

/** Who had a hand in a change, as GitHub maps the commits' addresses to accounts; nobody of them may approve it. */
export type People = {
  /** Logins in lower case. */
  authors: Set<string>;
  /** Addresses in the commits that belong to no account: they could be anybody's. */
  unknown: string[];
  /** Head of the pull request now; null where the approval belongs to none. */
  head: string | null;
  /** Branch that the pull request goes into now; null where the approval belongs to none. */
  base: string | null;
  /** When the pull request last went into another base, or its base was rewound; null where it never did. */
  baseMovedAt: string | null;
  /** When the object was last edited, by "comment <id>" or "review <id>"; absent where GitHub did not list it. */
  edits: Map<string, string | null>;
  /** State of each reviewer's last review that approves or rejects, by login. */
  opinions: Map<string, string>;
};

const nobody = (): People => ({
  authors: new Set(),
  unknown: [],
  head: null,
  base: null,
  baseMovedAt: null,
  edits: new Map(),
  opinions: new Map(),
});

const commitFields = `oid
  authors(first: 50) { totalCount nodes { email user { login } } }
  committer { email user { login } }`;

export const pullPeopleQuery = `query ApprovalPeople($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      author { login }
      headRefOid
      baseRefName
      timelineItems(last: 1, itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT, BASE_REF_FORCE_PUSHED_EVENT]) {
        nodes {
          ... on BaseRefChangedEvent { createdAt }
          ... on AutomaticBaseChangeSucceededEvent { createdAt }
          ... on BaseRefForcePushedEvent { createdAt }
        }
      }
      comments(last: 100) { nodes { fullDatabaseId lastEditedAt } }
      reviews(last: 100) { nodes { fullDatabaseId lastEditedAt } }
      latestOpinionatedReviews(first: 100) { nodes { state author { login } } }
      commits(first: 100, after: $after) { totalCount nodes { commit { ${commitFields} } } pageInfo { hasNextPage endCursor } }
    }
  }
}`;

export const commitPeopleQuery = `query ApprovalCommit($owner: String!, $name: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      ... on Commit { ${commitFields} associatedPullRequests(first: 20) { nodes { author { login } } } }
    }
  }
}`;

const actor = z.looseObject({ login: z.string() }).nullish();
const person = z.looseObject({ email: z.string().nullish(), user: actor });
const commit = z.looseObject({
  oid: z.string(),
  authors: z.looseObject({ totalCount: z.int(), nodes: z.array(person) }),
  committer: person.nullish(),
});
type Commit = z.infer<typeof commit>;

const edited = z.looseObject({
  nodes: z.array(
    z.looseObject({ fullDatabaseId: z.union([z.string(), z.number()]), lastEditedAt: z.string().nullable() }),
  ),
});
const pullAnswer = z.looseObject({
  repository: z.looseObject({
    pullRequest: z.looseObject({
      author: actor,
      headRefOid: z.string(),
      baseRefName: z.string(),
      timelineItems: z.looseObject({ nodes: z.array(z.looseObject({ createdAt: z.string() })) }),
      comments: edited,
      reviews: edited,
      latestOpinionatedReviews: z.looseObject({
        nodes: z.array(z.looseObject({ state: z.string(), author: actor })),
      }),
      commits: z.looseObject({
        totalCount: z.int(),
        nodes: z.array(z.looseObject({ commit })),
        pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
      }),
    }),
  }),
});
const commitAnswer = z.looseObject({
  repository: z.looseObject({
    object: z.looseObject({
      ...commit.shape,
      associatedPullRequests: z.looseObject({ nodes: z.array(z.looseObject({ author: actor })) }).nullish(),
    }),
  }),
});

type Place = { owner: string; name: string };

export async function peopleOfPull(client: GitHubClient, place: Place, number: number): Promise<People> {
  const people = nobody();
  let after: string | null = null;
  let listed = 0;
  // GitHub lists at most 250 commits of a pull request; what lies beyond is named as unknown.
  for (let page = 0; page < 3; page += 1) {
    const variables: Record<string, unknown> = { ...place, number, after };
    const { pullRequest } = pullAnswer.parse(await client.graphql(pullPeopleQuery, variables)).repository;
    const { author, headRefOid, baseRefName, commits, comments, reviews } = pullRequest;
    // An account that was deleted shows as no author at all.
    if (author) people.authors.add(loginOf(author.login));
    else people.unknown.push("the author of the pull request");
    people.head = headRefOid;
    people.base = baseRefName;
    people.baseMovedAt = pullRequest.timelineItems.nodes[0]?.createdAt ?? null;
    for (const node of comments.nodes) people.edits.set(`comment ${node.fullDatabaseId}`, node.lastEditedAt);
    for (const node of reviews.nodes) people.edits.set(`review ${node.fullDatabaseId}`, node.lastEditedAt);
    for (const { state, author: reviewer } of pullRequest.latestOpinionatedReviews.nodes) {
      if (reviewer) people.opinions.set(loginOf(reviewer.login), state);
    }
    for (const node of commits.nodes) addCommit(people, node.commit);
    listed += commits.nodes.length;
    after = commits.pageInfo.endCursor ?? null;
    if (commits.pageInfo.hasNextPage) continue;
    if (listed < commits.totalCount) break;
    return people;
  }
  people.unknown.push("the authors of further commits");
  return people;
}

export async function peopleOfCommit(client: GitHubClient, place: Place, oid: string): Promise<People> {
  const people = nobody();
  const { object } = commitAnswer.parse(
    await client.graphql(commitPeopleQuery, { ...place, oid }),
  ).repository;
  addCommit(people, object);
  for (const pull of object.associatedPullRequests?.nodes ?? []) {
    if (pull.author) people.authors.add(loginOf(pull.author.login));
  }
  return people;
}

function addCommit(people: People, { oid, authors, committer }: Commit): void {
  const named = [...authors.nodes, ...(committer ? [committer] : [])];
  for (const one of named) {
    const email = one.email ?? "";
    // GitHub itself commits what is merged or edited on its pages.
    if (one === committer && email === "noreply@github.com") continue;
    const login = one.user?.login ?? loginInAddress(email);
    if (login === null) people.unknown.push(`${email || "nobody"} in ${oid.slice(0, 7)}`);
    else people.authors.add(loginOf(login));
  }
  if (authors.totalCount > authors.nodes.length) people.unknown.push(`further authors of ${oid.slice(0, 7)}`);
}

/** GitHub's own private addresses name the account. Bots have one and no user. */
function loginInAddress(email: string): string | null {
  return (
    /^(?:\d+\+)?([A-Za-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com$/.exec(email.slice(0, 200))?.[1] ??
    null
  );
}

export function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, "");
}
