import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { marked } from "marked";

/**
 * Takes a picture of what a reader would see, to look at while changing a renderer and to keep the pictures in the
 * docs honest: `node scripts/screenshot.ts comment.md comment.png [--width 860] [--dark] [--comment] [--open]`.
 * Markdown is drawn as GitHub draws it, SVG and a page of its own as they are, and .ansi as a terminal with colours.
 */

const usage =
  "Usage: node scripts/screenshot.ts <file.md|.svg|.html|.ansi> <picture.png> [--width 860] [--dark] [--comment] [--open]";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "860" },
    dark: { type: "boolean", default: false },
    /** Single line breaks show, as in a comment; in a step summary they do not. */
    comment: { type: "boolean", default: false },
    /** Opens the parts that a reader would have to click open. */
    open: { type: "boolean", default: false },
  },
});

function main(): void {
  const [input, output] = positionals;
  const width = Number(values.width);
  if (!input || !output || !Number.isInteger(width)) fail(usage, 64);
  const chromium = findChromium();
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-screenshot-"));
  try {
    const page = join(folder, "page.html");
    writeFileSync(page, pageOf(input, readFileSync(input, "utf8")));
    const height = pageHeight(chromium, folder, page, width);
    browse(chromium, folder, page, width, height + frameHeight, [`--screenshot=${resolve(output)}`]);
    writeFileSync(output, cutPicture(readFileSync(output), height));
    console.log(`${output}: ${width} × ${height}`);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function fail(message: string, exitCode: number): never {
  console.error(message);
  process.exit(exitCode);
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function findChromium(): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {}
    }
  }
  return fail(`No browser on PATH (looked for ${names.join(", ")}). Install Chromium to take pictures.`, 69);
}

/** The page asks for nothing from outside, and the browser could not reach it. */
function browse(
  chromium: string,
  folder: string,
  page: string,
  width: number,
  height: number,
  more: string[],
): string {
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    `--user-data-dir=${join(folder, "profile")}`,
    `--window-size=${width},${height}`,
    ...(values.dark
      ? ["--blink-settings=preferredColorScheme=0"]
      : ["--blink-settings=preferredColorScheme=1"]),
  ];
  return execFileSync(chromium, [...flags, ...more, pathToFileURL(page).href], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 60_000,
  });
}

/** A window's frame takes a part of its height and leaves it blank: the picture is taken higher, then cut. */
const frameHeight = 200;

function pageHeight(chromium: string, folder: string, page: string, width: number): number {
  const document = browse(chromium, folder, page, width, 400, ["--dump-dom"]);
  return Number(/data-height="(\d+)"/u.exec(document)?.[1] ?? 800);
}

const background = { light: "#ffffff", dark: "#0d1117" };
const measure =
  "<script>addEventListener('load',()=>{document.documentElement.dataset.height=Math.ceil(document.getElementById('page').getBoundingClientRect().height)})</script>";

function pageOf(input: string, text: string): string {
  const theme = values.dark ? "dark" : "light";
  const frame = (style: string, body: string) =>
    `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;background:${background[theme]}}` +
    `#page{box-sizing:border-box;width:${values.width}px}${style}</style>` +
    `<div id="page">${body}</div>${measure}`;
  switch (extname(input)) {
    case ".md": {
      const css = readFileSync(
        createRequire(import.meta.url).resolve(`github-markdown-css/github-markdown-${theme}.css`),
        "utf8",
      );
      const html = marked.parse(text, { gfm: true, breaks: values.comment, async: false });
      const shown = values.open ? html.replaceAll("<details>", "<details open>") : html;
      return frame(
        `${css}#page{padding:16px}`,
        `<article class="markdown-body">${withDrawnCircles(shown)}</article>`,
      );
    }
    case ".svg":
      return frame("svg{display:block}", text);
    case ".html": {
      const open = values.open ? text.replaceAll("<details>", "<details open>") : text;
      return open
        .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/u, "")
        .replace(
          "<main>",
          `<main id="page" style="box-sizing:border-box;width:${values.width}px;max-width:none;margin:0">`,
        )
        .replace("</body>", `${measure}</body>`);
    }
    case ".ansi": {
      const colours = theme === "dark" ? "color:#e6edf3" : "color:#1f2328";
      const style = `pre{margin:0;padding:16px;font:13px/1.35 ui-monospace,"DejaVu Sans Mono",monospace;${colours}}`;
      return frame(style, `<pre>${withDrawnCircles(ansiToHtml(text))}</pre>`);
    }
    default:
      return fail(usage, 64);
  }
}

/** A PNG's first rows. A row depends on none below it, so that the rest can simply be left out. */
function cutPicture(png: Buffer, height: number): Buffer {
  const pieces: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") header = Buffer.from(body);
    if (kind === "IDAT") pieces.push(body);
    at += length + 12;
  }
  const rows = inflateSync(Buffer.concat(pieces));
  const bytesPerRow = rows.length / header.readUInt32BE(4);
  header.writeUInt32BE(Math.min(height, header.readUInt32BE(4)), 4);
  const kept = deflateSync(rows.subarray(0, header.readUInt32BE(4) * bytesPerRow), { level: 9 });
  return Buffer.concat([
    png.subarray(0, 8),
    chunk("IHDR", header),
    chunk("IDAT", kept),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, body: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const framed = Buffer.alloc(content.length + 8);
  framed.writeUInt32BE(body.length, 0);
  content.copy(framed, 4);
  framed.writeUInt32BE(crc32(content), content.length + 4);
  return framed;
}

const circles = new Map([
  ["🟢", "#2da44e"],
  ["🟡", "#e3b341"],
  ["🔴", "#d1242f"],
]);

/** GitHub brings its own emoji; a machine without an emoji font would show boxes. */
function withDrawnCircles(html: string): string {
  return html.replace(/🟢|🟡|🔴/gu, (circle) => {
    const style = `display:inline-block;width:.9em;height:.9em;border-radius:50%;vertical-align:-.08em;background:${circles.get(circle)}`;
    return `<span style="${style}"></span>`;
  });
}

const colours = new Map([
  ["1", "font-weight:bold"],
  ["2", "opacity:.65"],
  ["31", "color:#d1242f"],
  ["32", "color:#2da44e"],
  ["33", "color:#bf8700"],
  ["36", "color:#1b7c83"],
]);

function ansiToHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  let open = 0;
  const introducer = String.fromCharCode(27);
  const html = escaped.replace(new RegExp(`${introducer}\\[(\\d*)m`, "gu"), (_, code: string) => {
    const style = colours.get(code);
    if (style) {
      open += 1;
      return `<span style="${style}">`;
    }
    const closing = "</span>".repeat(open);
    open = 0;
    return closing;
  });
  return html + "</span>".repeat(open);
}

main();
