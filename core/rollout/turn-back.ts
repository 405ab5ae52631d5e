import type { Notice } from "./effect.ts";
import type { RolloutState, Stop, Turn } from "./state.ts";

/** Stands where it is and tells people, until one of them lifts it. */
export function stand(state: RolloutState, stop: Stop): RolloutState {
  return noticed({ ...state, stop }, { kind: "page", code: stop.code, sentence: stop.sentence });
}

/** Back to the stable version, unless that would do harm or nobody knows where back is. */
export function turnBack(state: RolloutState, turn: Turn): RolloutState {
  const { plan } = state;
  const [unsafe] = plan.unsafe_back;
  const because = `${turn.sentence} Going back would have followed`;
  if (plan.stable === null)
    return stand(state, {
      code: "no-known-good",
      sentence: `${because}, but no version is known to be good. Deploy one, or repair this one.`,
      by: "the plan",
      at: turn.at,
    });
  // A second abort is a person's answer to the first one's.
  const insisted = !turn.automatic && state.stop?.code === "unsafe-back";
  if (unsafe !== undefined && !insisted)
    return stand(state, {
      code: "unsafe-back",
      sentence: `${because}, but it is not safe: ${unsafe} Repair forwards, or abort once more to go back all the same.`,
      by: "the plan",
      at: turn.at,
    });
  const going: RolloutState = {
    ...state,
    turned: turn,
    stop: null,
    doing: { kind: "moving", effect: { kind: "restore" }, step: -1, attempt: 1 },
  };
  return noticed(going, { kind: "incident", code: turn.code, sentence: turn.sentence });
}

/** Each notice once, however often its cause comes back. */
export function noticed(state: RolloutState, notice: Notice): RolloutState {
  const known = state.notices.some(({ notice: one }) => sameNotice(one, notice));
  return known ? state : { ...state, notices: [...state.notices, { notice, told: false }] };
}

export function sameNotice(left: Notice, right: Notice): boolean {
  return left.kind === right.kind && left.code === right.code;
}
