import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { freshDatabase } from "../database.ts";
import { startWork, type TestWork, type WorkOptions } from "./work.ts";

/**
 * Opens what a handler is given, on one database for all tests of a file. It is closed behind its test, and GitHub has
 * then been asked for nothing that it would not take.
 */
export function worksOfFile(): (options?: Omit<WorkOptions, "database">) => Promise<TestWork> {
  let database: Database;
  let open: TestWork | undefined;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    const violations = open?.github.violations() ?? [];
    await open?.close();
    open = undefined;
    expect(violations).toEqual([]);
  });
  afterAll(() => database.close());
  return async (options = {}) => {
    open = await startWork({ ...options, database });
    return open;
  };
}
