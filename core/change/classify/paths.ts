import type { NotCountedReason } from "../facts.ts";

/**
 * What a path alone tells of a file, in the manner of GitHub linguist: its conventions for vendored folders,
 * generated names and minified assets, and beside them lock files and test snapshots.
 *
 * Left out on purpose are rules of linguist that hide code which people write by hand and run: `cache/`, `env/`,
 * `tools/`, `.github/`, `Jenkinsfile`, and one-word names such as `controls.js`. A bundle may add them under
 * `not-counted`. No rule reads a file's content: a change could mark itself as generated with one comment.
 */
export type PathReason = Extract<
  NotCountedReason,
  "generated" | "vendored" | "lock" | "minified" | "snapshot"
>;

const lockNames = new Set(
  `package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock Cargo.lock Gemfile.lock
  gems.locked poetry.lock Pipfile.lock pdm.lock uv.lock pixi.lock pylock.toml conda-lock.yml composer.lock go.sum
  go.work.sum Gopkg.lock glide.lock mix.lock rebar.lock pubspec.lock Podfile.lock Package.resolved Cartfile.resolved
  packages.lock.json project.assets.json paket.lock gradle.lockfile buildscript-gradle.lockfile flake.lock Chart.lock
  requirements.lock .terraform.lock.hcl MODULE.bazel.lock buf.lock stack.yaml.lock cabal.project.freeze shard.lock
  esy.lock conan.lock .pnp.cjs .pnp.loader.mjs`.split(/\s+/),
);

const vendoredFolders = new Set(
  `node_modules bower_components jspm_packages vendor vendors Vendor Vendors third_party third-party thirdparty
  ThirdParty Third-Party 3rdparty 3rd_party 3rd-party extern external Godeps Pods dist .yarn admin_media ace-builds
  MathJax`.split(/\s+/),
);
/** Folders that hold other people's code only where they stand at the root. */
const vendoredRootFolders = new Set(["deps", "dependencies", "Dependencies", "Carthage", "debian"]);
const vendoredNames = new Set(
  `gradlew gradlew.bat gradle-wrapper.jar gradle-wrapper.properties mvnw mvnw.cmd maven-wrapper.jar
  maven-wrapper.properties configure config.guess config.sub aclocal.m4 libtool.m4 ltoptions.m4 ltsugar.m4 ltversion.m4
  lt~obsolete.m4 erlang.mk .DS_Store`.split(/\s+/),
);
const vendoredLibrary =
  /^(jquery|jquery-ui|bootstrap|modernizr|mootools|knockout|cordova|html5shiv|ckeditor|tinymce|tiny_mce)([-.]\d[\w.-]*)?\.(js|css)$/;
const fixturesAtRoot = /^([Tt]ests?|[Ss]pecs?)\/fixtures\//;

const generatedFolders = new Set(["__generated__", ".idea"]);
const generatedEndings =
  `.pb.go .pb.gw.go .pb.cc .pb.h .pb.ts .pb.dart .pb.swift .grpc.swift _pb.js _pb.ts _pb.d.ts
  _grpc_pb.js _pb2.py _pb2.pyi _pb2_grpc.py _pb.rb .g.dart .freezed.dart .mocks.dart .gr.dart .designer.cs .designer.vb
  .feature.cs .g.cs .g.i.cs .generated.cs .generated.ts .generated.go .generated.swift .gen.go .gen.ts .nib .xcworkspacedata
  .xcuserstate .js.map .mjs.map .cjs.map .css.map .zep.c .zep.h .zep.php .tsbuildinfo .unity.meta .prefab.meta`.split(
    /\s+/,
  );

const minified = /[.-]min\.(js|mjs|cjs|css)$/;

const snapshotFolders = new Set(["__snapshots__", "__image_snapshots__", "__file_snapshots__"]);
const snapshotEndings = [".snap", ".snap.new", ".ambr", ".golden"];
const approvedText = /\.(approved|verified)\.(txt|json|xml|html|md|csv|yaml|yml)$/;

const longestPath = 1024;

/** A path as git writes it. Any other spelling could point elsewhere, so no rule may take weight from it. */
export function isPlainPath(path: string): boolean {
  if (path.length > longestPath || path.includes("\\")) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

export function pathReason(path: string): PathReason | undefined {
  if (!isPlainPath(path)) return undefined;
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  if (lockNames.has(name)) return "lock";
  if (isSnapshot(folders, name)) return "snapshot";
  if (isVendored(path, folders, name)) return "vendored";
  if (minified.test(name)) return "minified";
  if (isGenerated(folders, name)) return "generated";
  return undefined;
}

function isSnapshot(folders: string[], name: string): boolean {
  if (folders.some((folder) => snapshotFolders.has(folder) || folder.endsWith(".ts-snapshots"))) return true;
  return snapshotEndings.some((ending) => name.endsWith(ending)) || approvedText.test(name);
}

function isVendored(path: string, folders: string[], name: string): boolean {
  if (folders.some((folder) => vendoredFolders.has(folder))) return true;
  if (vendoredRootFolders.has(folders[0] ?? "") || fixturesAtRoot.test(path)) return true;
  return vendoredNames.has(name) || vendoredLibrary.test(name) || name.endsWith(".d.ts");
}

function isGenerated(folders: string[], name: string): boolean {
  if (folders.some((folder) => generatedFolders.has(folder))) return true;
  const lower = name.toLowerCase();
  return generatedEndings.some((ending) => lower.endsWith(ending));
}
