/** Variables of git that say how to reach or authenticate; every other one could point git somewhere else. */
const keptPrefixes = [
  "GIT_CONFIG_",
  "GIT_SSH",
  "GIT_SSL_",
  "GIT_ASKPASS",
  "GIT_EXEC_PATH",
  "GIT_CEILING_DIRECTORIES",
];

/**
 * The environment that git runs in: no prompt, messages in English, and nothing inherited (from a hook, say) that
 * names another repository, index, external diff or attribute file.
 */
export function gitEnvironment(inherited: NodeJS.ProcessEnv, indexFile?: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(inherited)) {
    const upper = name.toUpperCase();
    if (!upper.startsWith("GIT_") || keptPrefixes.some((prefix) => upper.startsWith(prefix)))
      environment[name] = value;
  }
  return {
    ...environment,
    LC_ALL: "C",
    LANGUAGE: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_OPTIONAL_LOCKS: "0",
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
  };
}

const settings = [
  "core.quotepath=off",
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.attributesFile=/dev/null",
  // A long history is read a fifth faster where what it was put together from is not unpacked again and again.
  "core.deltaBaseCacheLimit=256m",
  // Newer git reads attributes of a bare repository from HEAD; a name that resolves to no tree means none at all.
  "attr.tree=adaptive-deploy-reads-no-attributes",
  "diff.orderFile=/dev/null",
  "diff.renameLimit=1000",
  "diff.suppressBlankEmpty=false",
  "diff.ignoreSubmodules=none",
  "log.showRoot=true",
  "log.showSignature=false",
  "log.mailmap=false",
  "log.diffMerges=separate",
  "i18n.logOutputEncoding=UTF-8",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** Options before every command: the repository's own configuration must change neither what is run nor what is said. */
export const guardedOptions = [
  "--no-pager",
  "--no-replace-objects",
  "--literal-pathspecs",
  ...settings.flatMap((setting) => ["-c", setting]),
];
