import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { commitPeopleQuery, pullPeopleQuery } from "../../../adapters/github/approval-people.ts";
import { verifyApproval } from "../../../adapters/github/approvals.ts";
import { anyWriter } from "../../../core/approval/asked.ts";
import type { ApprovalPointer } from "../../../core/evidence/approvals.ts";
import { githubSchema } from "../../../emulated/github/graphql/schema.ts";

const head = "a".repeat(40);
const other = "b".repeat(40);
type Json = Record<string, unknown>;

/** GitHub as it answers to a sound approval; each case below changes one thing. */
function sound() {
  const user = { login: "Rita", type: "User" };
  const person = (login: string) => ({ email: `${login}@example.com`, user: { login } });
  const commit = {
    oid: head,
    authors: { totalCount: 1, nodes: [person("ada")] as Json[] },
    committer: { email: "noreply@github.com", user: null } as Json,
  };
  return {
    review: {
      id: 7,
      user: user as Json | null,
      state: "APPROVED",
      commit_id: head as string | null,
      body: "looks fine\nreally",
      submitted_at: "2026-03-01T10:00:00Z",
    },
    comment: {
      id: 7,
      user: user as Json | null,
      body: `I looked.\r\n/approve-risk ${head} stripe 15 was tried on staging\r\n`,
      issue_url: "https://api.github.com/repos/acme/shop/issues/4",
      created_at: "2026-03-01T10:00:00Z",
      updated_at: "2026-03-01T10:00:00Z",
    },
    run: {
      id: 7,
      head_sha: head,
      created_at: "2026-03-01T09:00:00Z",
      actor: { login: "ada", type: "User" } as Json,
    },
    approvals: [
      { state: "approved", comment: "go", user: user as Json, environments: [{ name: "production" }] },
    ] as Json[],
    permission: { permission: "write", role_name: "maintain", user } as Json,
    pull: {
      author: { login: "ada" } as Json | null,
      headRefOid: head,
      baseRefName: "main",
      timelineItems: { nodes: [] as Json[] },
      comments: { nodes: [{ fullDatabaseId: "7", lastEditedAt: null as string | null }] },
      reviews: { nodes: [{ fullDatabaseId: "7", lastEditedAt: null as string | null }] },
      latestOpinionatedReviews: { nodes: [{ state: "APPROVED", author: { login: "rita" } }] },
      commits: {
        totalCount: 1,
        nodes: [{ commit }],
        pageInfo: { hasNextPage: false, endCursor: null as string | null },
      },
    },
    commit: { ...commit, associatedPullRequests: { nodes: [{ author: { login: "ada" } }] } },
    failing: {} as Record<string, number>,
  };
}
type GitHub = ReturnType<typeof sound>;

function clientFor(github: GitHub) {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}": github.review,
    "GET /repos/{owner}/{repo}/issues/comments/{comment_id}": github.comment,
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}": github.run,
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals": github.approvals,
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission": github.permission,
  };
  const fail = (what: string) => {
    const status = Object.entries(github.failing).find(([part]) => what.includes(part))?.[1];
    if (status !== undefined)
      throw Object.assign(new Error(`status ${status}`), { status, response: { headers: {} } });
  };
  return {
    asked,
    request: async (route: string, parameters?: Record<string, unknown>) => {
      asked.push(route);
      expect(parameters).toMatchObject({ owner: "acme", repo: "shop" });
      fail(route);
      if (!(route in answers)) throw new Error(`${route} is not asked for`);
      return { data: JSON.parse(JSON.stringify(answers[route])) };
    },
    graphql: async (query: string, variables?: Record<string, unknown>) => {
      asked.push("graphql");
      fail("graphql");
      expect(variables).toMatchObject({ owner: "acme", name: "shop" });
      const repository = query.includes("pullRequest(")
        ? { pullRequest: github.pull }
        : { object: github.commit };
      return JSON.parse(JSON.stringify({ repository }));
    },
  };
}

const pointer = (kind: ApprovalPointer["kind"], more: Partial<ApprovalPointer> = {}): ApprovalPointer => ({
  kind,
  repository: "acme/shop",
  id: 7,
  pull_request: 4,
  head_sha: head,
  environment: "production",
  actor: "rita",
  ...more,
});
const use = {
  repository: "acme/shop",
  headSha: head,
  environment: "production",
  asked: [anyWriter],
  now: new Date("2026-03-02T10:00:00Z"),
};

describe("a sound approval", () => {
  it.each([
    ["review", { reason: "looks fine", at: "2026-03-01T10:00:00Z", source: "review 7 in acme/shop" }],
    ["comment", { reason: "stripe 15 was tried on staging", at: "2026-03-01T10:00:00Z" }],
    ["environment", { reason: "go", at: "2026-03-01T09:00:00Z" }],
  ] as const)("as a %s counts, and says who, what and why", async (kind, expected) => {
    const verified = await verifyApproval(clientFor(sound()), pointer(kind), use);
    expect(verified).toMatchObject({
      valid: true,
      approval: { actor: "rita", sha: head, environment: "production", ...expected },
    });
  });

  it("of a run that belongs to no pull request is held against the commit's authors", async () => {
    const github = sound();
    const alone = pointer("environment", { pull_request: undefined });
    expect(await verifyApproval(clientFor(github), alone, use)).toMatchObject({ valid: true });
    github.commit.associatedPullRequests.nodes = [{ author: { login: "Rita" } }];
    expect(await verifyApproval(clientFor(github), alone, use)).toMatchObject({ reason: "actor-is-author" });
  });

  it("for another environment than the usual one names it", async () => {
    const github = sound();
    const staging = { ...use, environment: "staging" };
    const toStaging = pointer("comment", { environment: "staging" });
    expect(await verifyApproval(clientFor(github), toStaging, staging)).toMatchObject({
      reason: "other-environment",
    });
    github.comment.body = `/approve-risk ${head} environment=staging tried`;
    expect(await verifyApproval(clientFor(github), toStaging, staging)).toMatchObject({
      valid: true,
      approval: { environment: "staging", reason: "tried" },
    });
    expect(await verifyApproval(clientFor(github), pointer("comment"), use)).toMatchObject({
      reason: "other-environment",
    });
  });

  it("takes commits by bots and private addresses for what they are", async () => {
    const github = sound();
    const nodes = github.pull.commits.nodes[0]?.commit.authors.nodes;
    nodes?.splice(0, 1, { email: "49699333+dependabot[bot]@users.noreply.github.com", user: null });
    expect(await verifyApproval(clientFor(github), pointer("review"), use)).toMatchObject({ valid: true });
    nodes?.splice(0, 1, { email: "12+rita@users.noreply.github.com", user: null });
    expect(await verifyApproval(clientFor(github), pointer("review"), use)).toMatchObject({
      reason: "actor-is-author",
    });
  });
});

type Case = [
  what: string,
  kinds: ApprovalPointer["kind"][],
  reason: string,
  change: (github: GitHub) => void,
];
const all: ApprovalPointer["kind"][] = ["review", "comment", "environment"];
const first = (github: GitHub) => github.pull.commits.nodes[0]?.commit;

const cases: Case[] = [
  [
    "somebody else's review",
    ["review"],
    "wrong-actor",
    (github) => {
      github.review.user = { login: "mallory", type: "User" };
    },
  ],
  [
    "somebody else's comment",
    ["comment"],
    "wrong-actor",
    (github) => {
      github.comment.user = { login: "mallory", type: "User" };
    },
  ],
  [
    "somebody else's approval of the run",
    ["environment"],
    "wrong-actor",
    (github) => {
      github.approvals[0] = { ...github.approvals[0], user: { login: "mallory", type: "User" } };
    },
  ],
  [
    "a review by an account that is gone",
    ["review"],
    "wrong-actor",
    (github) => {
      github.review.user = null;
    },
  ],
  [
    "a bot's comment",
    ["comment"],
    "not-a-person",
    (github) => {
      github.comment.user = { login: "rita", type: "Bot" };
    },
  ],
  [
    "another review than the one asked for",
    ["review"],
    "not-found",
    (github) => {
      github.review.id = 8;
    },
  ],
  [
    "another comment than the one asked for",
    ["comment"],
    "not-found",
    (github) => {
      github.comment.id = 8;
    },
  ],
  [
    "a dismissed review",
    ["review"],
    "not-approved",
    (github) => {
      github.review.state = "DISMISSED";
    },
  ],
  [
    "a review that only comments",
    ["review"],
    "not-approved",
    (github) => {
      github.review.state = "COMMENTED";
    },
  ],
  [
    "a later review that asks for changes",
    ["review"],
    "not-approved",
    (github) => {
      github.pull.latestOpinionatedReviews.nodes = [
        { state: "CHANGES_REQUESTED", author: { login: "Rita" } },
      ];
    },
  ],
  [
    "a review of another commit",
    ["review"],
    "other-head",
    (github) => {
      github.review.commit_id = other;
    },
  ],
  [
    "a review of no commit",
    ["review"],
    "other-head",
    (github) => {
      github.review.commit_id = null;
    },
  ],
  [
    "a run of another commit",
    ["environment"],
    "other-head",
    (github) => {
      github.run.head_sha = other;
    },
  ],
  [
    "a run that was rejected",
    ["environment"],
    "not-approved",
    (github) => {
      github.approvals.push({ ...github.approvals[0], state: "rejected" });
    },
  ],
  [
    "a run approved for another environment",
    ["environment"],
    "wrong-actor",
    (github) => {
      github.approvals[0] = { ...github.approvals[0], environments: [{ name: "staging" }] };
    },
  ],
  [
    "a run that the approver started",
    ["environment"],
    "actor-is-author",
    (github) => {
      github.run.actor = { login: "rita", type: "User" };
    },
  ],
  [
    "an edited comment",
    ["comment"],
    "edited",
    (github) => {
      github.comment.updated_at = "2026-03-01T10:00:01Z";
    },
  ],
  [
    "a comment edited within its first second",
    ["comment"],
    "edited",
    (github) => {
      github.pull.comments.nodes = [{ fullDatabaseId: "7", lastEditedAt: "2026-03-01T10:00:00Z" }];
    },
  ],
  [
    "an edited review",
    ["review"],
    "edited",
    (github) => {
      github.pull.reviews.nodes = [{ fullDatabaseId: "7", lastEditedAt: "2026-03-01T11:00:00Z" }];
    },
  ],
  [
    "a comment on another pull request",
    ["comment"],
    "other-pull-request",
    (github) => {
      github.comment.issue_url = "https://api.github.com/repos/acme/shop/issues/14";
    },
  ],
  [
    "a comment without the command",
    ["comment"],
    "command-missing",
    (github) => {
      github.comment.body = "ship it";
    },
  ],
  [
    "a command for another commit",
    ["comment"],
    "command-missing",
    (github) => {
      github.comment.body = `/approve-risk ${other} fine`;
    },
  ],
  [
    "a command for a short commit id",
    ["comment"],
    "command-missing",
    (github) => {
      github.comment.body = `/approve-risk ${head.slice(0, 12)} fine`;
    },
  ],
  [
    "a head that has moved",
    ["review", "comment", "environment"],
    "head-moved",
    (github) => {
      github.pull.headRefOid = other;
    },
  ],
  [
    "the pull request's author",
    all,
    "actor-is-author",
    (github) => {
      github.pull.author = { login: "RITA" };
    },
  ],
  [
    "the author of a commit",
    all,
    "actor-is-author",
    (github) => {
      first(github)?.authors.nodes.splice(0, 1, { email: "r@example.com", user: { login: "rita" } });
    },
  ],
  [
    "the co-author of a commit",
    all,
    "actor-is-author",
    (github) => {
      const authors = first(github)?.authors;
      authors?.nodes.push({ email: "r@example.com", user: { login: "rita" } });
      if (authors) authors.totalCount = 2;
    },
  ],
  [
    "the committer of a commit",
    all,
    "actor-is-author",
    (github) => {
      const commit = first(github);
      if (commit) commit.committer = { email: "r@example.com", user: { login: "rita" } };
    },
  ],
  [
    "an author whose address belongs to nobody",
    all,
    "authors-unknown",
    (github) => {
      first(github)?.authors.nodes.splice(0, 1, { email: "me@laptop.local", user: null });
    },
  ],
  [
    "more co-authors than are listed",
    all,
    "authors-unknown",
    (github) => {
      const authors = first(github)?.authors;
      if (authors) authors.totalCount = 60;
    },
  ],
  [
    "a pull request whose author is gone",
    all,
    "authors-unknown",
    (github) => {
      github.pull.author = null;
    },
  ],
  [
    "more commits than are listed",
    all,
    "authors-unknown",
    (github) => {
      github.pull.commits.pageInfo = { hasNextPage: true, endCursor: "x" };
    },
  ],
  [
    "more commits than GitHub gives out",
    all,
    "authors-unknown",
    (github) => {
      github.pull.commits.totalCount = 251;
    },
  ],
  [
    "a base that changed after it was written, or in the same second",
    all,
    "base-changed",
    (github) => {
      github.pull.timelineItems.nodes = [{ createdAt: "2026-03-01T10:00:00Z" }];
    },
  ],
  [
    "a role that may not approve",
    all,
    "no-permission",
    (github) => {
      github.permission.role_name = "triage";
    },
  ],
  [
    "a custom role that inherits from one that may not write",
    all,
    "no-permission",
    (github) => {
      Object.assign(github.permission, { role_name: "release-captain", permission: "read" });
    },
  ],
  [
    "a role that is not told",
    all,
    "permission-unknown",
    (github) => {
      delete github.permission.role_name;
    },
  ],
  [
    "a role of somebody else",
    all,
    "permission-unknown",
    (github) => {
      github.permission.user = { login: "admin", type: "User" };
    },
  ],
  [
    "a deleted review",
    ["review"],
    "not-found",
    (github) => {
      github.failing = { reviews: 404 };
    },
  ],
  [
    "a deleted comment",
    ["comment"],
    "not-found",
    (github) => {
      github.failing = { comments: 404 };
    },
  ],
  [
    "a deleted run",
    ["environment"],
    "not-found",
    (github) => {
      github.failing = { runs: 404 };
    },
  ],
  [
    "GitHub being down for the object",
    all,
    "unavailable",
    (github) => {
      github.failing = { reviews: 502, comments: 502, runs: 502 };
    },
  ],
  [
    "GitHub being down for the permission",
    all,
    "unavailable",
    (github) => {
      github.failing = { permission: 503 };
    },
  ],
  [
    "GitHub being down for the people",
    all,
    "unavailable",
    (github) => {
      github.failing = { graphql: 500 };
    },
  ],
  [
    "an answer of another shape",
    all,
    "not-answered",
    (github) => {
      Object.assign(github.pull, { headRefOid: 5 });
    },
  ],
];

it("of one pull request is none of another, though both have the same head", async () => {
  const client = clientFor(sound());
  expect(await verifyApproval(client, pointer("comment"), { ...use, pullRequest: 4 })).toMatchObject({
    valid: true,
  });
  expect(await verifyApproval(client, pointer("comment"), { ...use, pullRequest: 5 })).toMatchObject({
    reason: "other-pull-request",
  });
});

it("written after the base changed is of the present base", async () => {
  const github = sound();
  github.pull.timelineItems.nodes = [{ createdAt: "2026-03-01T08:59:59Z" }];
  expect(await verifyApproval(clientFor(github), pointer("comment"), use)).toMatchObject({ valid: true });
});

describe("an approval is refused for", () => {
  const rows = cases.flatMap(([what, kinds, reason, change]) =>
    kinds.map((kind) => ({ what, kind, reason, change })),
  );
  it.each(rows)("$what ($kind)", async ({ kind, reason, change }) => {
    const github = sound();
    change(github);
    const verified = await verifyApproval(clientFor(github), pointer(kind), use);
    expect(verified).toMatchObject({ valid: false, reason });
    if (!verified.valid) expect(verified.sentence).toMatch(/^[A-Zr].*\.$/s);
  });

  it.each([
    ["other-repository", { repository: "mallory/shop" }],
    ["other-head", { head_sha: other }],
    ["other-environment", { environment: "staging" }],
    ["other-pull-request", { pull_request: undefined }],
  ] as const)("%s, without asking GitHub anything", async (reason, change) => {
    const client = clientFor(sound());
    expect(await verifyApproval(client, pointer("comment", change), use)).toMatchObject({
      valid: false,
      reason,
    });
    expect(client.asked).toEqual([]);
  });
});

describe("the queries for approvals", () => {
  it.each([pullPeopleQuery, commitPeopleQuery])("are valid against GitHub's schema", (query) => {
    expect(validate(githubSchema(), parse(query)).map(String)).toEqual([]);
  });
});
