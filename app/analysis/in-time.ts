/** What the work gives, or what `late` gives where it takes longer. It goes on meanwhile, and keeps what it finds. */
export async function inTime<Result>(
  work: Promise<Result>,
  milliseconds: number,
  late: () => Result,
  warn: (sentence: string) => void,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve();
    }, milliseconds);
  }).then(late);
  work.catch((error: unknown) => {
    if (isLate)
      warn(`What was asked for failed after its answer: ${error instanceof Error ? error.message : ""}.`);
  });
  try {
    return await Promise.race([work, waiting]);
  } finally {
    clearTimeout(timer);
  }
}
