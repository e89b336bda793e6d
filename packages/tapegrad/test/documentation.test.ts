import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const repository = "https://github.com/tapegrad/tapegrad";
const inDocs = readdirSync(join(root, "docs")).map((name) => join(root, "docs", name));
const readmes = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "README.md"));
const pages = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map((name) => join(root, name)),
  ...inDocs,
  ...readmes,
].filter((path) => existsSync(path));

describe.each(pages.map((path) => [relative(root, path), path] as const))("%s", (_, path) => {
  const text = readFileSync(path, "utf8");
  const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
  // What stands in front is what another framework says.
  const ours = inDocs.includes(path) ? prose.replaceAll(/^\|[^|]*\|/gm, "|") : prose;

  it("has links that lead somewhere, and relative ones only to what lies with it", () => {
    const wrong: string[] = [];
    for (const [, link = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [target = "", anchor] = link.split("#");
      const inside = /^https:\/\/github\.com\/tapegrad\/tapegrad\/(?:tree|blob)\/main\/(.*)$/.exec(target)?.[1];
      if (/^https?:/.test(target) && inside === undefined) continue;
      const file = inside === undefined ? join(dirname(path), target) : join(root, inside);
      const page = existsSync(join(file, "README.md")) ? join(file, "README.md") : target === "" ? path : file;
      const leaves = inside === undefined && readmes.includes(path) && relative(dirname(path), file).startsWith("..");
      const isThere = existsSync(page) && (anchor === undefined || anchorsOf(page).includes(anchor));
      if (leaves || !isThere) wrong.push(link);
    }
    expect(wrong).toEqual([]);
  });

  it("names what there is", () => {
    const names = [
      ...ours.matchAll(
        /(?<![\w./@-])((?:nn|optim|data|datasets|io|onnx|train|distributions)(?:\.(?:functional|init|norms|presets))?\.[a-zA-Z]\w*)(?![\w-]*\/)/g,
      ),
    ];
    const missing = names
      .map(([name]) => name)
      .filter((name) => !/\.(?:ts|js|mjs|md|json)$/.test(name) && exported(name) === undefined);
    expect(missing).toEqual([]);
  });
});

function exported(path: string): unknown {
  let at: unknown = tapegrad;
  for (const name of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[name];
  return at;
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it("says where the repository is in one way", () => {
  for (const page of pages) {
    const others = [...readFileSync(page, "utf8").matchAll(/https:\/\/github\.com\/tapegrad\/[\w-]*/g)].map(
      ([url]) => url,
    );
    expect(new Set([...others, repository])).toEqual(new Set([repository]));
  }
});
