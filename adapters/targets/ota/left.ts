import { createHash } from "node:crypto";
import * as z from "zod";
import { type HandsOff, handsOff, mark } from "../../../core/rollout/observed.ts";
import { unavailable } from "../faults.ts";
import { type Hawkbit, parsed } from "./hawkbit.ts";

/**
 * What is kept of a rollout on hawkBit itself, where every runner finds it: as metadata of a distribution set of our
 * own, one for a fleet. It holds no image and can be assigned to no device; the sets of versions come and go, and a
 * tag's description is too short.
 */
const leftHere = z.strictObject({
  schema_version: z.literal(1),
  mark: mark.nullable(),
  /** The last share whose devices were all offered the candidate. */
  share: z.number().min(0).max(100).nullable(),
  /** Devices that had neither version when the rollout began: more of them later were changed by somebody. */
  others: z.int().min(0),
  /** What the candidate's image was when its signature was checked. */
  image: z.string().nullable(),
  paused: z.boolean(),
});
export type LeftHere = z.infer<typeof leftHere>;
export const nothingLeft: LeftHere = {
  schema_version: 1,
  mark: null,
  share: null,
  others: 0,
  image: null,
  paused: false,
};

/** Separate keys: whoever keeps automation off is not overwritten by a runner that read before. */
type Key = "rollout" | "hands-off";
const found = z.looseObject({ id: z.int() });

export function fleetKey(fleet: string): string {
  return createHash("sha256").update(fleet).digest("hex").slice(0, 12);
}

export function leftOn(hawkbit: Hawkbit, fleet: string) {
  const key = fleetKey(fleet);
  let known: number | undefined;

  const place = async (): Promise<number | undefined> => {
    if (known !== undefined) return known;
    const [one] = await hawkbit.list("/distributionsets", `name=='adaptive-deploy';version=='${key}'`, found);
    known = one?.id;
    return known;
  };
  const made = async (type: string): Promise<number> => {
    const existing = await place();
    if (existing !== undefined) return existing;
    const description = `Notes of adaptive-deploy on the fleet ${fleet}. It holds no image.`.slice(0, 500);
    const set = { name: "adaptive-deploy", version: key, type, description };
    const answer = await hawkbit.ask("POST", "/distributionsets", [set]);
    const [one] = parsed(z.array(found).min(1), answer, "/distributionsets");
    known = one?.id;
    if (known === undefined) throw unavailable("hawkBit does not say where its notes are.");
    return known;
  };
  const read = async (name: Key): Promise<unknown> => {
    const id = await place();
    if (id === undefined) return undefined;
    const answer = await hawkbit.find(`/distributionsets/${id}/metadata/${name}`);
    if (answer === undefined) return undefined;
    const { value } = parsed(z.looseObject({ value: z.string() }), answer, "metadata");
    try {
      return JSON.parse(value);
    } catch {
      throw unreadable(name);
    }
  };
  const write = async (name: Key, type: string, content: unknown): Promise<void> => {
    const id = await made(type);
    const path = `/distributionsets/${id}/metadata`;
    const entry = { key: name, value: JSON.stringify(content) };
    const exists = (await hawkbit.find(`${path}/${name}`)) !== undefined;
    await (exists ? hawkbit.ask("PUT", `${path}/${name}`, entry) : hawkbit.ask("POST", path, [entry]));
  };
  return {
    read: async (): Promise<LeftHere> => {
      const content = await read("rollout");
      if (content === undefined) return nothingLeft;
      const answer = leftHere.safeParse(content);
      if (!answer.success) throw unreadable("rollout");
      return answer.data;
    },
    write: (left: LeftHere, type: string) => write("rollout", type, left),
    readHandsOff: async (): Promise<HandsOff | null> => {
      const answer = handsOff.nullable().safeParse((await read("hands-off")) ?? null);
      // Notes that nobody understands may say that automation has to stay away.
      if (!answer.success) throw unreadable("hands-off");
      return answer.data;
    },
    writeHandsOff: (by: HandsOff | null, type: string) => write("hands-off", type, by),
  };

  function unreadable(name: Key) {
    return unavailable(
      `The metadata ${name} of the distribution set adaptive-deploy:${key} is not what this program writes. Mend or remove it; nothing is changed on the fleet until then.`,
    );
  }
}
export type Left = ReturnType<typeof leftOn>;
