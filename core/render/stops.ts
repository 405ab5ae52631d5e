import type { Decision, Gate } from "../decision/shape.ts";
import { grouped } from "./numbers.ts";
import type { Voice } from "./sentences.ts";
import { decisionOutcome, type Outcome, stoppingGates } from "./words.ts";

/** What stands in the way, each sentence once, with the services that it concerns where it is not all of them. */
export type Stop = { verdict: Gate["verdict"]; sentence: string; services: string[] };

export function stopsOf(decision: Decision): Stop[] {
  if (decision.services.length < 2) {
    return stoppingGates(decision.gates).map(({ verdict, sentence }) => ({
      verdict,
      sentence,
      services: [],
    }));
  }
  const stops = new Map<string, Stop>();
  for (const service of decision.services) {
    for (const { verdict, sentence } of stoppingGates(service.gates)) {
      const key = `${verdict} ${sentence}`;
      const stop = stops.get(key) ?? { verdict, sentence, services: [] };
      stop.services.push(service.name);
      stops.set(key, stop);
    }
  }
  const all = decision.services.length;
  const found = [...stops.values()].map((stop) =>
    stop.services.length === all ? { ...stop, services: [] } : stop,
  );
  return [
    ...found.filter((stop) => stop.verdict === "block"),
    ...found.filter((stop) => stop.verdict !== "block"),
  ];
}

/** "`a`, `b` and 3 more: The change window is closed now." */
export function stopLine(stop: Stop, voice: Voice, longest = 240): string {
  const sentence = voice.show(stop.sentence, longest);
  if (stop.services.length === 0) return sentence;
  const names = stop.services.slice(0, 3).map(voice.name);
  const more = stop.services.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}: ${sentence}`;
}

/** The words above the list. */
export function stopTitle(decision: Decision, verdict: Gate["verdict"]): string {
  const outcome: Outcome = decisionOutcome(decision);
  const shadow = decision.mode === "shadow";
  if (verdict === "block") {
    if (shadow) return "What would block it";
    return decision.mode === "advisory" ? "Why not yet" : "What blocks it";
  }
  if (outcome === "cut-over")
    return shadow ? "What would need approval before cut-over" : "Needs approval before cut-over";
  if (outcome === "block") return shadow ? "It would need approval too" : "Then it needs approval";
  return shadow ? "What would need approval" : "Why it needs approval";
}

/** Gates that passed for a reason worth telling, such as a revert that skips one. */
export function liftedSentences(decision: Decision): string[] {
  const gates =
    decision.services.length > 1 ? decision.services.flatMap((service) => service.gates) : decision.gates;
  const lifted = gates.filter((gate) => gate.verdict === "pass" && gate.reason_code !== "within-policy");
  return [...new Set(lifted.map((gate) => gate.sentence))];
}
