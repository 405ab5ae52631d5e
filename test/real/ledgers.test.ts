import { fileBench } from "../adapters/ledgers/file-bench.ts";
import { localBench, remoteBench } from "../adapters/ledgers/git-bench.ts";
import { githubBench } from "../adapters/ledgers/github-bench.ts";
import { ledgerContract } from "../contracts/ledger.ts";

/** The whole contract with many processes, each with its own checkout: what takes too long for every save. */
const size = { writers: 10, processes: 20 };
ledgerContract("file, twenty processes", fileBench, size);
ledgerContract("a remote's branches, twenty clones", remoteBench, size);
ledgerContract("a repository's own branches, twenty processes", localBench, size);
ledgerContract("branches on GitHub, twenty processes", githubBench, size);
