import type { Comment } from "../github/index.ts";
import { type DemoWorld, place, slug } from "./world.ts";

/** "103 maria /approve-risk The migration was rehearsed" → the same comment on GitHub, and GitHub's event of it. */
const sentence = /^#?(\d+)\s+([a-z][\w-]*)\s+(\S.*)$/;

export const howToSay = "<number> <who> <comment>";

/** Writes what somebody says on a pull request, and gives what the App answers there within a moment. */
export async function sayOnPull(world: DemoWorld, line: string): Promise<string[]> {
  const [, number, login = "", body] = sentence.exec(line.trim()) ?? [];
  if (!number || !body) return [`Not understood. Write ${howToSay}, for example: 1 maria /help`];
  const people = world.sample.users.map((user) => user.login);
  if (!people.includes(login)) return [`Nobody here is called ${login}. There are ${people.join(", ")}.`];
  const repository = world.github.repository(place);
  const response = await fetch(`${world.github.url}/repos/${place}/issues/${number}/comments`, {
    method: "POST",
    headers: { authorization: `Bearer demo-${login}`, "content-type": "application/json" },
    body: JSON.stringify({ body }),
  });
  if (response.status !== 201)
    return [`GitHub refuses the comment: ${response.status}. Is #${number} there?`];
  const written = [...repository.comments.values()].at(-1);
  if (!written) return ["The comment is gone."];
  const before = new Set(repository.comments.keys());
  const events = world.github.events(place).as({ login, app: slug });
  await world.send("issue_comment", events.issueComment(written));
  await answered(written);
  const replies = [...repository.comments.values()].filter((one) => !before.has(one.id));
  const reactions = written.reactions.map((one) => one.content);
  return [
    `Reactions: ${reactions.join(", ") || "none"}.`,
    ...replies.map((reply) => reply.body.replace(/<!--[\s\S]*?-->\s*/g, "").trim()),
  ];
}

/** The App reacts last: with a rocket, or with a thumb down. */
async function answered(comment: Comment): Promise<void> {
  const isDone = (): boolean => comment.reactions.some((one) => ["rocket", "-1"].includes(one.content));
  for (let turn = 0; turn < 60 && !isDone(); turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
