import { githubError } from "../../adapters/github/client.ts";
import { githubPeople } from "../../adapters/github/people.ts";
import { mayPass } from "../../adapters/github/transient.ts";
import { optional } from "../../core/optional.ts";
import type { Ledger } from "../../core/ports.ts";
import type { Notice } from "../../core/rollout/effect.ts";
import type { Here } from "../commands/rollout/here.ts";
import type { AppIdentity, Work } from "../ports.ts";
import type { Forsaken } from "./forsaken.ts";
import { note } from "./note.ts";
import { tooOften } from "./often.ts";
import { startWorkflow } from "./start-workflow.ts";
import { type RolloutPlace, streamKey } from "./wake.ts";

export type Looking = {
  place: RolloutPlace;
  here: Here;
  ledger: Ledger;
  forsaken: Forsaken;
  work: Work;
  identity: AppIdentity;
};

/** So far may the clocks of runners, of the App and of GitHub be apart. */
const aheadMs = 60_000;

export type Asked = "now" | "before" | { why: string };

/** Has a run of the watchdog started, once for as long as nobody takes the rollout up. Otherwise says why not. */
export async function askWatchdog(workflow: string, isLate: boolean, looking: Looking): Promise<Asked> {
  const { place, forsaken, work, identity } = looking;
  const { repository } = place;
  const { key, prefix } = keysOf("ask", looking);
  const often = await tooOften({ repository, key, prefix }, work);
  if (often !== undefined) return { why: often };
  const since = new Date(forsaken.fromMs - aheadMs);
  const start = { repository, workflow, inputs: {}, key, since };
  const started = await startWorkflow(start, work, identity).catch((error: unknown) => {
    // It is tried again, but people do not wait for ever to hear of it.
    if (!isLate || !mayPass(error)) throw error;
    return githubError(error, `the workflow ${workflow} of ${repository}`).message;
  });
  if (typeof started === "string") return { why: started };
  const sentence = `${sentenceOf(forsaken)} A run of ${workflow} was asked for.`;
  await noteDown({ kind: "asked", code: "watchdog", sentence }, undefined, looking);
  return started.before ? "before" : "now";
}

/** Tells people once, where the rollout tells them everything. False: later, because too much was told. */
export async function pagePeople(why: string, looking: Looking): Promise<boolean> {
  const { place, forsaken, work } = looking;
  const { repository } = place;
  const { key } = keysOf("page", looking);
  const often = await tooOften({ repository, key }, work);
  if (often !== undefined) {
    work.warn(`${repository}: nobody was told of ${forsaken.state.plan.rollout}. ${often}`);
    return false;
  }
  const now = () => work.now.toISOString();
  const people = githubPeople({ client: work.client, repository, now, warn: work.warn });
  const remedy = forsaken.back
    ? "Run the watchdog, or roll back where the target can be reached."
    : "Run its own job again, or take it back.";
  const sentence = `${sentenceOf(forsaken)} ${why} ${remedy}`;
  const notice: Notice = { kind: "page", code: forsaken.back ? "back-silent" : "silent", sentence };
  await work.once({
    key,
    act: async () => {
      await noteDown(notice, await people.tell(forsaken.state, notice), looking);
      return true;
    },
    // What was told is found by its mark, and what was written by its words.
    find: async () => undefined,
  });
  return true;
}

function keysOf(what: "ask" | "page", { place, forsaken }: Looking): { key: string; prefix: string } {
  const { rollout } = forsaken.state.plan;
  const prefix = `watchdog ${place.repository} ${what} ${streamKey(place.stream)} ${rollout} `;
  return { key: `${prefix}${forsaken.name}`, prefix };
}

function sentenceOf({ back, since, state: { plan } }: Forsaken): string {
  const what = `${plan.rollout} of ${plan.service} in ${plan.environment}`;
  return back
    ? `${what} is to go back since ${since}, and nobody drives it.`
    : `Nobody has driven ${what} since ${since}.`;
}

async function noteDown(notice: Notice, where: string | undefined, looking: Looking): Promise<void> {
  const { place, ledger, forsaken, work, identity } = looking;
  const { rollout } = forsaken.state.plan;
  await note({ place, ledger, rollout, notice, ...optional("where", where) }, work, identity);
}
