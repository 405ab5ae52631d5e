import { describe, expect, it } from "vitest";
import { gitFacts } from "../../../adapters/git/facts.ts";
import { type Checkout, emptyCheckout, numbered } from "./checkout.ts";

const five = (word: string) => numbered(40, (line, number) => (number === 20 ? word : line));

function story(): Checkout {
  const checkout = emptyCheckout();
  checkout.change({ "a.ts": five("calm"), "b.ts": "b\n" }, { message: "start" });
  return checkout;
}

const factsOfLast = async ({ repository }: Checkout) => {
  const { change, kinds } = await gitFacts({ repository, base: "HEAD~1" });
  return { revert: kinds?.revert, reverts: change?.reverts, protection: change?.reverts_protection };
};
const noRevert = { revert: false, reverts: undefined, protection: undefined };

describe("the exact inverse of a commit on the base", () => {
  it("is a revert, whatever its title says", async () => {
    const checkout = story();
    const bad = checkout.change({ "a.ts": five("bold"), "c.ts": "new\n" });
    checkout.change({ "b.ts": "later\n" });
    checkout.remove("c.ts");
    checkout.change({ "a.ts": five("calm") }, { message: "go back" });
    expect(await factsOfLast(checkout)).toEqual({ revert: true, reverts: bad, protection: false });
  });

  it("is a revert also where lines above it have moved since", async () => {
    const checkout = story();
    const bad = checkout.change({ "a.ts": five("bold") });
    checkout.change({ "a.ts": `more\nlines\n${five("bold")}` });
    checkout.change({ "a.ts": `more\nlines\n${five("calm")}` });
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, reverts: bad });
  });

  it("is a revert of a merge, and of a binary file", async () => {
    const checkout = story();
    checkout.git("checkout", "-q", "-b", "topic");
    checkout.write(
      "image.bin",
      Uint8Array.from({ length: 500 }, (_, index) => index % 251),
    );
    checkout.change({ "a.ts": five("bold") });
    checkout.change({ "b.ts": "more\n" });
    checkout.git("checkout", "-q", "main");
    const merged = checkout.merge("topic");
    checkout.git("revert", "-m", "1", "--no-edit", merged);
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, reverts: merged });
  });

  it.each([
    ["nearly takes it back", { "a.ts": five("calm ") }, 'Revert "bold"'],
    ["takes it back and does something else", { "a.ts": five("calm"), "b.ts": "else\n" }, 'Revert "bold"'],
    ["only says so", { "b.ts": "else\n" }, 'Revert "bold"'],
  ])("is not one that %s", async (_, files, message) => {
    const checkout = story();
    checkout.change({ "a.ts": five("bold") }, { message: "bold" });
    checkout.change(files, { message });
    expect(await factsOfLast(checkout)).toEqual(noRevert);
  });

  it("is not what lands a reverted change again", async () => {
    const checkout = story();
    checkout.change({ "a.ts": five("bold") }, { message: "bold" });
    checkout.change({ "a.ts": five("calm") }, { message: "step back" });
    checkout.change({ "a.ts": five("bold") }, { message: 'Reapply "bold"' });
    expect(await factsOfLast(checkout)).toEqual(noRevert);
  });

  it("is what reverts a change that had landed again", async () => {
    const checkout = story();
    checkout.change({ "a.ts": five("bold") }, { message: "bold" });
    checkout.change({ "a.ts": five("calm") }, { message: "step back" });
    const again = checkout.change({ "a.ts": five("bold") }, { message: 'Reapply "bold"' });
    checkout.change({ "a.ts": five("calm") }, { message: "step back again" });
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, reverts: again });
  });

  it("is not what takes back a revert whose own story is too old to be seen", async () => {
    const checkout = story();
    checkout.change(
      { "a.ts": five("bold") },
      { message: 'Revert "calm"\n\nThis reverts commit 0123456789.' },
    );
    checkout.change({ "a.ts": five("calm") });
    expect(await factsOfLast(checkout)).toEqual(noRevert);
  });

  it("is not a change of mode alone undone by a change of lines", async () => {
    const checkout = story();
    checkout.makeExecutable("b.ts");
    checkout.commit();
    checkout.change({ "b.ts": "else\n" });
    expect(await factsOfLast(checkout)).toEqual(noRevert);
  });

  it("is found behind many other changes to the same file", async () => {
    const checkout = story();
    const bad = checkout.change({ "a.ts": five("bold") });
    for (let index = 0; index < 12; index += 1) checkout.change({ "a.ts": `${index}\n${five("bold")}` });
    checkout.change({ "a.ts": `11\n${five("calm")}` });
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, reverts: bad });
  });

  it("is nothing for an empty change or a first commit", async () => {
    const checkout = story();
    expect((await gitFacts({ repository: checkout.repository })).kinds?.revert).toBe(false);
    checkout.commit();
    expect(await factsOfLast(checkout)).toEqual(noRevert);
  });
});

describe("a revert keeps its gates", () => {
  it.each([
    ["fixed a vulnerability", "fix: CVE-2026-1 in parser", "a.ts"],
    ["says in its body that it did", "tidy\n\nalso closes GHSA-xxxx", "a.ts"],
    ["touched the policy", "loosen", ".github/adaptive-deploy.yml"],
    ["touched a bundle in a folder of the team's own", "loosen", "ops/guardrails.rules"],
  ])("where the reverted commit %s", async (_, message, path) => {
    const checkout = story();
    checkout.change({ [path]: "changed\n" }, { message });
    checkout.git("revert", "--no-edit", "HEAD");
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, protection: true });
  });

  it("where a commit behind the reverted merge fixed one", async () => {
    const checkout = story();
    checkout.git("checkout", "-q", "-b", "topic");
    checkout.change({ "a.ts": five("bold") }, { message: "security: check it" });
    checkout.git("checkout", "-q", "main");
    const merged = checkout.merge("topic", { message: "Merge pull request #3 from acme/topic\n\nTidy" });
    checkout.git("revert", "-m", "1", "--no-edit", merged);
    expect(await factsOfLast(checkout)).toMatchObject({ revert: true, protection: true });
  });
});
