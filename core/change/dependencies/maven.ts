import { anyVersion, type Found, type LockFile, type SideReader } from "./lock-file.ts";
import { type XmlToken, xmlTokens } from "./xml-lines.ts";

/** An element whose beginning the hunk shows, or (tag undefined) the one that the hunk starts within. */
type Frame = { tag: string | undefined; text: string; fields: Map<string, string>; children: Set<string> };

/** Elements that name an artifact by groupId, artifactId and version. */
const artifacts = new Set(["dependency", "plugin", "extension", "parent", "path"]);

/** Elements that only a project holds: beside them stands the project's own version. */
const projectOnly = new Set(
  (
    "modelVersion packaging name description url inceptionYear organization licenses developers scm properties " +
    "dependencyManagement build modules parent repositories pluginRepositories profiles reporting " +
    "distributionManagement issueManagement ciManagement"
  ).split(" "),
);

/** Values of the build itself that look like versions. Any other property may be the version of any artifact. */
const ownProperties =
  /^(?:modelVersion|java\.version|maven\.compiler\..*|revision|source|target|release|minimum)$/;
const deepest = 200;
const longestText = 1000;

/** pom.xml: dependencies, plugins, extensions and the parent. */
export const maven: LockFile = {
  ecosystem: "maven",
  names: /^pom\.xml$/,
  read: (found) => pomSide(found),
};

function pomSide(found: Found): SideReader {
  let frames: Frame[] = [];
  let tokens = xmlTokens();
  const take = (token: XmlToken) => {
    const frame = frames.at(-1);
    if (token.kind === "text") {
      if (frame && frame.text.length < longestText) frame.text += token.text;
    } else if (token.kind === "open") {
      frame?.children.add(token.tag);
      if (token.empty) return;
      if (frames.length > deepest) found.loose(token.tag);
      else frames.push(newFrame(token.tag));
    } else if (token.kind === "close" && frame) {
      frames.pop();
      if (frames.length === 0) frames.push(newFrame(undefined));
      const parent = frames.at(-1);
      parent?.children.add(token.tag);
      if (frame.tag !== undefined && frame.children.size === 0)
        leaf(token.tag, frame.text.trim(), parent, found);
      else settle({ ...frame, tag: token.tag }, frame.tag === undefined, found);
    } else if (token.kind === "unreadable") found.loose(token.text);
  };
  return {
    startHunk() {
      frames = [newFrame(undefined)];
      tokens = xmlTokens();
    },
    line(text) {
      for (const token of tokens(text)) take(token);
    },
    endHunk() {
      for (const frame of frames) cutOff(frame, found);
    },
  };
}

function newFrame(tag: string | undefined): Frame {
  return { tag, text: "", fields: new Map(), children: new Set() };
}

function leaf(tag: string, text: string, parent: Frame | undefined, found: Found): void {
  parent?.fields.set(tag, text);
  if (tag === "version" || ownProperties.test(tag)) return;
  const inProperties = parent?.tag === undefined || parent.tag === "properties";
  const likeVersion = inProperties && /^v?\d+\.\d[\w.-]*$/.test(text);
  if (/version/i.test(tag) || likeVersion) found.loose(`<${tag}>${text}`);
}

/** An element that ends within the hunk. */
function settle(frame: Frame, beginsOutside: boolean, found: Found): void {
  if (frame.tag === undefined || !artifacts.has(frame.tag)) return;
  const artifact = frame.fields.get("artifactId");
  const version = frame.fields.get("version");
  // Maven's own plugins may leave out their group.
  const usual = frame.tag === "plugin" && !beginsOutside ? "org.apache.maven.plugins" : undefined;
  const group = frame.fields.get("groupId") ?? usual;
  if (group !== undefined && artifact !== undefined)
    found.package(`${group}:${artifact}`, version ?? anyVersion);
  else if (artifact !== undefined || version !== undefined)
    found.loose(`${artifact ?? ""} ${version ?? ""}`.trim());
}

/** An element that the hunk's end cuts off: what is not shown may still follow. */
function cutOff(frame: Frame, found: Found): void {
  const [group, artifact, version] = ["groupId", "artifactId", "version"].map((field) =>
    frame.fields.get(field),
  );
  if (frame.tag === undefined) {
    const isProject = [...frame.children].some((child) => projectOnly.has(child));
    if (isProject || (group ?? artifact ?? version) === undefined) return;
  } else if (!artifacts.has(frame.tag)) return;
  else if (group !== undefined && artifact !== undefined && version !== undefined) {
    found.package(`${group}:${artifact}`, version);
    return;
  }
  found.loose(
    [group, artifact, version].filter((field) => field !== undefined).join(":") || `<${frame.tag ?? ""}>`,
  );
}
