import * as z from "zod";
import type { Comment } from "../github/index.ts";
import { type DemoWorld, place, slug } from "./world.ts";

/** "103 maria /approve-risk The migration was rehearsed" → the same comment on GitHub, and GitHub's event of it. */
const sentence = /^#?(\d+)\s+([a-z][\w-]*)\s+(\S.*)$/;

export const howToSay = "<number> <who> <comment>";

/** Writes what somebody says on a pull request, and gives what the App answers there within a moment. */
export async function sayOnPull(world: DemoWorld, line: string): Promise<string[]> {
  const [, number, login = "", body] = sentence.exec(line.trim()) ?? [];
  const pulls = Object.values(world.sample.pulls).map((pull) => pull.number);
  const there = pulls.map((one) => `#${one}`).join(", ");
  if (!number || !body)
    return [`Not understood. Write ${howToSay}, for example: ${pulls[0]} maria /help. There are ${there}.`];
  if (!pulls.includes(Number(number)))
    return [`There is no pull request #${number} here. There are ${there}.`];
  const people = world.sample.users.map((user) => user.login);
  if (!people.includes(login)) return [`Nobody here is called ${login}. There are ${people.join(", ")}.`];
  const repository = world.github.repository(place);
  const response = await fetch(`${world.github.url}/repos/${place}/issues/${number}/comments`, {
    method: "POST",
    headers: { authorization: `Bearer demo-${login}`, "content-type": "application/json" },
    body: JSON.stringify({ body }),
  });
  if (response.status !== 201) return [`GitHub refuses the comment: ${response.status}.`];
  const written = [...repository.comments.values()].at(-1);
  if (!written) return ["The comment is gone."];
  const before = new Set(repository.comments.keys());
  const stoodBefore = await checkWords(world, Number(number));
  const events = world.github.events(place).as({ login, app: slug });
  await world.send("issue_comment", events.issueComment(written));
  await answered(written);
  const replies = [...repository.comments.values()].filter((one) => !before.has(one.id));
  const reactions = written.reactions.map((one) => one.content);
  return [
    `Reactions: ${reactions.join(", ") || "none"}.`,
    ...replies.map((reply) => visible(reply.body)),
    await settledWords(world, Number(number), stoodBefore),
  ];
}

/** What a reader of a comment sees. */
export const visible = (body: string): string => body.replace(/<!--[\s\S]*?-->\s*/g, "").trim();

/** What stands on GitHub now, beside the pull request. */
export async function checkWords({ github, sample }: DemoWorld, number: number): Promise<string> {
  const pull = await fetch(`${github.url}/repos/${place}/pulls/${number}`, {
    headers: { authorization: `Bearer demo-${sample.users[0]?.login}` },
  });
  const { head } = z.looseObject({ head: z.looseObject({ sha: z.string() }) }).parse(await pull.json());
  const check = [...github.repository(place).checkRuns.values()].findLast((one) => one.headSha === head.sha);
  if (!check) return "No check yet.";
  const { title } = z.looseObject({ title: z.string().optional() }).parse(check.output ?? {});
  return `The check ${check.name}: ${check.conclusion ?? check.status}${title ? `, ${title}` : ""}.`;
}

/** The check follows the answer in a moment, where the comment changes it at all. */
async function settledWords(world: DemoWorld, number: number, before: string): Promise<string> {
  for (let turn = 0; turn < 20; turn += 1) {
    const now = await checkWords(world, number);
    if (now !== before) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return before;
}

/** The App reacts last: with a rocket, or with a thumb down. */
async function answered(comment: Comment): Promise<void> {
  const isDone = (): boolean => comment.reactions.some((one) => ["rocket", "-1"].includes(one.content));
  for (let turn = 0; turn < 60 && !isDone(); turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
