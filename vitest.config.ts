import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * For each process that a test starts the whole memory of the test is mapped anew. So what starts git hundreds of times
 * comes first, then what has an embedded database, and last what fills its memory and starts nothing.
 */
const order = [
  /\/test\/(actions|emulated|scripts|security|cli\/(?!ledger)|adapters\/(?!ledgers\/(app|sql)))|patch-identity/,
  /\/test\/(app|cli|adapters)\//,
];

class SmallestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = order.findIndex((rooms) => rooms.test(moduleId));
      return found < 0 ? order.length : found;
    };
    return (await super.sort(files)).toSorted((left, right) => rank(left) - rank(right));
  }
}

export default defineConfig({
  test: {
    // Each file waits for servers and databases of its own more than it computes.
    maxWorkers: "100%",
    sequence: { sequencer: SmallestFirst },
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**"],
          // To load the same modules anew for each file is two fifths of the work of core's tests. They keep nothing
          // that one test leaves for another, and what a test sets in its process (variables, its folder) it sets back.
          isolate: false,
          // For the commands that tests start as processes: what a process compiles the next one finds.
          env: { NODE_COMPILE_CACHE: new URL("node_modules/.cache/compiled/", import.meta.url).pathname },
          testTimeout: 20_000,
          // The embedded database takes a second or two to start, and longer where many start together.
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
