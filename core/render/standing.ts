import type { Settling } from "../decision/provisional.ts";
import type { Decision } from "../decision/shape.ts";
import type { AwaitedFact } from "../policy/schema.ts";
import { askFor } from "./headline.ts";
import { listed } from "./numbers.ts";
import type { RenderOptions } from "./options.ts";
import type { Voice } from "./sentences.ts";
import { decisionOutcome, modeSentence, shortAsk } from "./words.ts";

/** How a decision stands beside what policy says: held by a person, or provisional. */

/** The last part of the first line. A person's hold says more than any answer, and a wait more than the score. */
export function standingAsk(decision: Decision, options: RenderOptions, voice: Voice): string {
  const { settling, policyImpact } = options;
  if (decision.mode === "shadow") return askFor(decision);
  if (options.hold) return `on hold by ${voice.name(options.hold.actor)}`;
  if (policyImpact?.refused) return "mend the policy that it edits";
  if (!settling?.provisional) return askFor(decision);
  const isFree = decisionOutcome(decision) === "go";
  const soFar = isFree ? ": nothing for you to do yet" : `; so far ${askFor(decision)}`;
  return `provisional, waits for ${awaitedWords(settling.missing)}${soFar}`;
}

/** The first words of a check's title. */
export function standingTitle(decision: Decision, options: RenderOptions, voice: Voice): string {
  const answer = shortAsk(decision, decisionOutcome(decision));
  if (decision.mode === "shadow") return answer;
  if (options.hold) return `on hold by ${voice.name(options.hold.actor)}`;
  if (!options.settling?.provisional) return answer;
  return `provisional, waits for ${awaitedWords(options.settling.missing)}`;
}

/** "On hold by `dana`: waiting for the vendor", and below what that means. */
export function holdText({ hold, commands }: RenderOptions, voice: Voice): string {
  if (!hold) return "";
  const why = voice.show(hold.reason, 300);
  const { elsewhere: other, queued } = hold;
  const which = queued ? "which this merge group holds" : "which has the same commit";
  const where = other === undefined ? "" : ` on #${other}, ${which}`;
  const place = other === undefined ? "" : ` on #${other}${queued ? "" : ", then Re-score here,"}`;
  const release = commands ? `\`/unhold\`${place} releases it.` : "A person releases it.";
  return `**On hold** by ${voice.name(hold.actor)}${where}${why === "" ? "" : `: ${why}`}\nA hold stops the rollout in every mode. ${release}`;
}

/** What the mode means; a hold leaves nothing of it but what a shadow is. */
export function standingMode(decision: Decision, { hold }: RenderOptions): string {
  return hold && decision.mode !== "shadow" ? "" : modeSentence(decision);
}

/** Until when the score may change, or what it was settled without. */
export function settlingSentence(
  settling: Settling | undefined,
  decidedAt: string,
  what: string,
): string | undefined {
  if (!settling) return undefined;
  if (settling.provisional) {
    const until = clockWords(settling.until, decidedAt);
    return `Waits for ${awaitedWords(settling.missing)} until ${until} at most; this ${what} will update, not repeat.`;
  }
  if (settling.missing.length === 0) return undefined;
  return `Settled without ${awaitedWords(settling.missing)}: nothing had come by the deadline.`;
}

const words: Record<AwaitedFact, string> = {
  ci: "CI",
  coverage: "coverage",
  scan: "the scan",
  performance: "performance",
};

function awaitedWords(missing: readonly AwaitedFact[]): string {
  return listed(missing.map((fact) => words[fact]));
}

/** "14:53 UTC", with its day where that is another one. */
function clockWords(until: string, decidedAt: string): string {
  const [day = "", time = ""] = until.split("T");
  const clock = `${time.slice(0, 5)} UTC`;
  return decidedAt.startsWith(day) ? clock : `${day} ${clock}`;
}
