import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { addressOf, answeredEvents } from "../../../app/inbox/address.ts";

const examples = z
  .array(z.object({ name: z.string(), examples: z.array(z.unknown()) }))
  .parse(createRequire(import.meta.url)("@octokit/webhooks-examples"));
const repository = { full_name: "Acme/Shop" };
const installation = { id: 7 };

describe("the lane of a delivery", () => {
  test.each([
    ["pull_request", { action: "opened", pull_request: { number: 4 } }, "acme/shop#4"],
    ["pull_request_review", { action: "submitted", pull_request: { number: 4 } }, "acme/shop#4"],
    ["issue_comment", { issue: { number: 4, pull_request: {} } }, "acme/shop#4"],
    // A commit may be the head of several: none of them is decided in another's lane.
    [
      "check_run",
      { action: "rerequested", check_run: { head_sha: "abc", pull_requests: [{ number: 4 }] } },
      "acme/shop@abc",
    ],
    [
      "workflow_run",
      { action: "completed", workflow_run: { head_sha: "abc", pull_requests: [{ number: 4 }] } },
      "acme/shop@abc",
    ],
    ["merge_group", { action: "checks_requested", merge_group: { head_sha: "abc" } }, "acme/shop@abc"],
    ["push", { ref: "refs/heads/main" }, "acme/shop^refs/heads/main"],
    ["deployment_status", { deployment: { environment: "production" } }, "acme/shop!production"],
    [
      "deployment_protection_rule",
      { deployment: { id: 9, environment: "production" } },
      "acme/shop!production!9",
    ],
    ["repository", {}, "acme/shop"],
  ])("%s %j → %s", (event, payload, lane) => {
    expect(addressOf(event, { action: "created", repository, installation, ...payload })).toMatchObject({
      lane,
      installation: 7,
      repository: "Acme/Shop",
    });
  });

  test("an installation's events wait for one another", () => {
    expect(addressOf("installation", { action: "created", installation })?.lane).toBe("installation 7");
  });

  test.each([
    ["star", { repository }],
    ["constructor", { repository }],
    ["pull_request", { repository }],
    ["pull_request", { repository: { full_name: "../x" }, pull_request: { number: 1 } }],
    ["pull_request", null],
    ["pull_request", { action: "assigned", repository, pull_request: { number: 1 } }],
    ["pull_request", { action: "closed", repository, pull_request: { number: 1 } }],
    ["pull_request", { action: "edited", changes: { body: {} }, repository, pull_request: { number: 1 } }],
    ["pull_request", { action: "labeled", label: { name: "bug" }, repository, pull_request: { number: 1 } }],
    ["check_run", { action: "completed", repository, check_run: { head_sha: "abc" } }],
    ["workflow_run", { action: "requested", repository, workflow_run: { head_sha: "abc" } }],
    ["issue_comment", { action: "created", repository, issue: { number: 1 } }],
    [
      "issue_comment",
      {
        ...{ action: "created", repository, issue: { number: 1, pull_request: {} } },
        comment: { user: { type: "Bot" } },
      },
    ],
    ["deployment", { action: "created", repository, deployment: { id: 1, environment: "production" } }],
    ["push", { ref: "refs/tags/v1", repository }],
    ["push", { ref: "refs/heads/main", deleted: true, repository }],
  ])("nobody answers to %s %j", (event, payload) => {
    expect(addressOf(event, payload)).toBeUndefined();
  });

  test("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.constantFrom(...answeredEvents, "other"), fc.json(), (event, json) => {
        expect(() => addressOf(event, JSON.parse(json))).not.toThrow();
      }),
    );
  });
});

describe("GitHub's own examples", () => {
  const all = examples.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload, index) => ({ name, index, payload })),
  );
  const always = ["deployment_status", "installation", "installation_repositories", "repository"];
  test("are there", () => expect(all.length).toBeGreaterThan(150));
  test.each(all.map((one) => [one.name, one.index, one.payload] as const))(
    "%s %i is addressed or ignored",
    (name, _index, payload) => {
      const address = addressOf(name, payload);
      if (!answeredEvents.includes(name)) expect(address).toBeUndefined();
      else if (always.includes(name)) expect(address?.lane).toBeTruthy();
      else if (address) expect(address.lane).toMatch(/^\w[^#@^]*[#@^].+$/);
    },
  );
});
