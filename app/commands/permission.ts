import { askPerson } from "../../adapters/github/approval-person.ts";
import { teamMembership } from "../../adapters/github/team-membership.ts";
import { mayPass } from "../../adapters/github/transient.ts";
import { type Asked, anyWriter } from "../../core/approval/asked.ts";
import { isPermitted, type Person } from "../../core/approval/may-approve.ts";
import { type Answer, type Asking, refuse } from "./answer.ts";

/** Undefined where the person may; asked of GitHub now. An account that GitHub does not know may nothing. */
export async function refusedToWrite(
  asking: Pick<Asking, "work" | "said" | "person">,
  asked: readonly Asked[] = [anyWriter],
): Promise<Answer | undefined> {
  const verdict = isPermitted(await personNow(asking, asked), asked);
  return verdict.may ? undefined : refuse(verdict.reason, verdict.sentence);
}

async function personNow(
  { work, said, person }: Pick<Asking, "work" | "said" | "person">,
  asked: readonly Asked[],
): Promise<Person> {
  try {
    return await askPerson(work.client, said, person, asked, teamMembership(work.client));
  } catch (error) {
    if (mayPass(error)) throw error;
    return { login: person, isPerson: true, role: null, teams: new Map() };
  }
}
