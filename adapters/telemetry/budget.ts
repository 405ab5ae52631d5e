import { telemetryFault } from "./fault.ts";

export type BudgetLimits = {
  /** Requests, with those that are asked again. */
  requests: number;
  /** Numbers in all answers together; each bucket of a native histogram is one. */
  samples: number;
  /** Requests under way at one time. */
  concurrent: number;
};

/** What one comparison may cost the store, so that a mistake in a template cannot take a team's monitoring down. */
export class Budget {
  private readonly limits: BudgetLimits;
  private requests = 0;
  private samples = 0;
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(limits: BudgetLimits) {
    this.limits = limits;
  }

  /** To be called before each request. */
  request(name: string): void {
    this.requests += 1;
    if (this.requests > this.limits.requests) throw usedUp(name, "requests", this.limits.requests);
  }

  /** To be called with what an answer held. */
  read(name: string, samples: number): void {
    this.samples += samples;
    if (this.samples > this.limits.samples) throw usedUp(name, "samples", this.limits.samples);
  }

  /** Does the work once there is a place for it, in the order of asking. */
  async turn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.underWay >= this.limits.concurrent)
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    else this.underWay += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // A place that is free goes to the next in line without being free in between.
      if (next === undefined) this.underWay -= 1;
      else next();
    }
  }
}

function usedUp(name: string, what: keyof BudgetLimits, limit: number): Error {
  return telemetryFault(
    "telemetry-budget",
    `${name} would need more than the ${limit} ${what} that one comparison may take. Ask for fewer metrics or windows, sum more in the queries, or raise telemetry.budget.${what}.`,
  );
}
