import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages, root } from "./workspace.ts";

/** A block of code in a page of the documentation. */
export interface Block {
  /** Such as `line-12`, where the code starts. */
  readonly name: string;
  readonly code: string;
}

/** A page of the documentation that has code. */
export interface Page {
  /** Relative to the root. */
  readonly file: string;
  /** What its line `npm install ...` says. */
  readonly installed: readonly string[];
  readonly blocks: readonly Block[];
}

/** The README of the repository and of each published package, and the pages in `docs`. */
export function documentationPages(): Page[] {
  const docs = join(root, "docs");
  const names = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith(".md")) : [];
  const files = [
    "README.md",
    ...names.map((name) => `docs/${name}`),
    ...publicPackages.map(({ folder }) => `${folder}/README.md`),
  ];
  return files.map((file) => {
    const text = readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
    const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(({ index, 1: code = "" }) => ({
      name: `line-${text.slice(0, index).split("\n").length + 1}`,
      code,
    }));
    const install = /^npm install (.+)$/m.exec(text)?.[1] ?? "";
    return { file, installed: install.split(/\s+/).filter((word) => word !== ""), blocks };
  });
}
