import { exitCodes, UserError } from "../../core/errors.ts";

const longestMs = 20_000;

/** The demo ends with the reason where a decision does not come, instead of waiting for ever. */
export async function inTime<Value>(made: Promise<Value>, number: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const sentence = `No decision on #${number} came within ${longestMs / 1000} s. The machine may be too busy, or the App's log above says why; run \`npm start\` again.`;
    timer = setTimeout(
      () => reject(new UserError("github-unavailable", sentence, exitCodes.unavailable)),
      longestMs,
    );
  });
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}
