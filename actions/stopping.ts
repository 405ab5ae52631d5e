const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Aborted when the process is told to stop. A job that is cancelled gets SIGINT, then SIGTERM, and a few seconds in
 * which the result is written.
 */
export function stopOfProcess(): { stop: AbortSignal; close(): void } {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of signals) process.on(signal, stop);
  return {
    stop: stopping.signal,
    close: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** What a question answers, or undefined once the process is told to stop: one that never ends would not let it. */
export async function orStopped<Answer>(
  answer: Promise<Answer>,
  stop: AbortSignal,
): Promise<Answer | undefined> {
  if (stop.aborted) {
    answer.catch(() => undefined);
    return undefined;
  }
  let wake: () => void = () => undefined;
  const told = new Promise<undefined>((resolve) => {
    wake = () => resolve(undefined);
    stop.addEventListener("abort", wake, { once: true });
  });
  try {
    return await Promise.race([answer, told]);
  } finally {
    stop.removeEventListener("abort", wake);
  }
}
