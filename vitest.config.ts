import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Each file waits for servers and databases of its own more than it computes.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**"],
          // To load the same modules anew for each file is two fifths of the work of core's tests. They keep nothing
          // that one test leaves for another, and what a test sets in its process (variables, its folder) it sets back.
          isolate: false,
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
