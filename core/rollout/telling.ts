import type { People } from "./around.ts";
import type { Notice } from "./effect.ts";
import { type Taking, type Turn, write } from "./taking.ts";

/** How people hear of a rollout: beside whatever it does, and never instead of it. */

export async function tell(taking: Taking, notice: Notice, turned: Turn): Promise<Turn> {
  const { state, around } = taking;
  let where: string | undefined;
  try {
    where = await around.people.tell(state, notice);
  } catch (error) {
    return unheard(taking, turned, notice.sentence, error);
  }
  const body = { rollout: state.plan.rollout, notice, ...(where === undefined ? {} : { where }) };
  return write(taking, [{ kind: "notice", body }]);
}

/** The turn as it is, and loudly that nobody knows of it. Behind the end it is tried for a while yet. */
export function unheard({ state, around }: Taking, turned: Turn, sentence: string, error: unknown): Turn {
  const why = error instanceof Error ? error.message : String(error);
  const said: Turn = { ...turned, unheard: `Nobody could be told: ${sentence} (${why})` };
  if (turned.code !== "ended" || state.doing.kind !== "ended") return said;
  const now = Date.parse(around.now());
  const isYoung = Math.abs(now - Date.parse(state.doing.at)) < patienceMs;
  return isYoung ? { ...said, again: new Date(now + againMs).toISOString() } : said;
}

const patienceMs = 600_000;
const againMs = 15_000;

/** Who could not be told just now is not tried again at every turn. */
export function unhurried(people: People, now: () => string): People {
  let failed: { at: number; error: unknown } | null = null;
  const telling: People["tell"] = async (state, notice) => {
    const age = failed === null ? Number.NaN : Date.parse(now()) - failed.at;
    if (failed !== null && age >= 0 && age < againMs) throw failed.error;
    try {
      return await people.tell(state, notice);
    } catch (error) {
      failed = { at: Date.parse(now()), error };
      throw error;
    }
  };
  return { ...people, tell: telling };
}
