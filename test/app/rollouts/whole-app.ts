import type { EventKind, NewEvent } from "../../../core/evidence/event.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import type { Ledger } from "../../../core/ports.ts";
import { type Comment, type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallRepository } from "../../emulated/small-repository.ts";
import { appKey, type Credentials, permissions, place, secret, slug } from "../app.ts";
import { configured, minuteMs } from "./forsaken-work.ts";

/** A GitHub for the whole App, with a repository that names a watchdog. */
export type WatchedShop = {
  github: EmulatedGitHub;
  credentials: Credentials;
  /** Runs that were started so far, which are then forgotten. */
  taken(): number;
  /** Somebody writes on the pull request, and the App at this address hears of it. */
  say(login: string, body: string, url: string): Promise<Comment>;
  close(): Promise<void>;
};

export async function startWatchedShop(): Promise<WatchedShop> {
  const { folder, remove } = smallRepository({ "src/pay.ts": "1\n", ...configured().files });
  const [maria, rita] = ["maria", "rita"];
  const github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder, collaborators: { maria: "write", rita: "write" } },
        pulls: [{ number: 1, title: "Pay in euro", author: maria, head: "main" }],
      },
    ],
    tokens: { "maria-token": { user: maria }, "rita-token": { user: rita } },
    apps: [
      { slug, owner: "acme", permissions: { ...permissions, actions: "write" }, publicKey: appKey.publicKey },
    ],
  });
  const repository = github.repository(place);
  return {
    github,
    credentials: { appId: String(github.world.apps.get(slug)?.id), privateKey: appKey.privateKey },
    taken: () => {
      const { size } = repository.runs;
      repository.runs.clear();
      return size;
    },
    say: async (login, body, url) => {
      await fetch(`${github.url}/repos/${place}/issues/1/comments`, {
        method: "POST",
        headers: { authorization: `Bearer ${login}-token`, "content-type": "application/json" },
        body: JSON.stringify({ body }),
      });
      const comment = [...repository.comments.values()].findLast(({ user }) => user.login === login);
      if (comment === undefined) throw new Error("The comment was not written.");
      const payload = github.events(place).as({ login, app: slug }).issueComment(comment);
      await github.sendEvent("issue_comment", payload, { to: { url: `${url}/webhooks`, secret } });
      return comment;
    },
    close: async () => {
      await github.close();
      remove();
    },
  };
}

/** A rollout whose run took the lease half an hour ago, and was never heard of again. Gives its name and stream. */
export async function diedOver(
  ledger: Ledger,
  service: string,
  number: number,
): Promise<{ rollout: string; stream: string }> {
  const rollout = `ro_${String(number).padStart(12, "0")}`;
  const plan = planFor("v1", "v2", { rollout, service });
  const stream = serviceStream("production", service);
  const at = new Date(Date.now() - 30 * minuteMs).toISOString();
  const told = (kind: EventKind, body: NewEvent["body"]): NewEvent => ({
    ...{ kind, body, at, actor: "run" },
    nonce: `${rollout} ${kind}`,
  });
  const lease = { action: "acquire", holder: "run", fencing: 1, lease_seconds: 600 };
  await ledger.append(stream, [told("rollout", { rollout, plan }), told("lease", lease)], null);
  return { rollout, stream };
}
