import { withChecks } from "@tapegrad/testing/claims";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A piece of code in a doc comment that says what it gives. */
export interface DocExample {
  /** The file relative to the repository, with the line on which the code starts. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/** The `@example`s of all doc comments in which some line says `// =>`. */
export function collectDocExamples(root: string): DocExample[] {
  const examples: DocExample[] = [];
  const add = (file: string, text: string, index: number, code: string): void => {
    if (!/\/\/ =>/.test(code)) return;
    const line = text.slice(0, index).split("\n").length;
    examples.push({ place: `${relative(root, file)}:${line}`, file, code });
  };
  const packages = join(root, "packages");
  for (const name of readdirSync(packages).toSorted()) {
    for (const entry of readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (!entry.endsWith(".ts") || entry.endsWith(".test.ts")) continue;
      const file = join(packages, name, "src", entry);
      const text = readFileSync(file, "utf8");
      for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
        for (const example of comment[0].matchAll(/@example([\s\S]*?)(?=\n\s*\* @[a-z]|\*\/)/g)) {
          add(file, text, comment.index + example.index, uncomment(example[1] ?? ""));
        }
      }
    }
  }
  return examples;
}

/** The code without the comment's stars, a caption, and fences. */
function uncomment(comment: string): string {
  return comment
    .replace(/<caption>.*<\/caption>/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .filter((line) => !line.trimStart().startsWith("```"))
    .join("\n");
}

/**
 * The example as a module: names that it neither declares nor imports are imported from where `find` says, and every
 * `expression; // => value` becomes a call `__check(() => expression, "value")`.
 */
export function exampleModule(code: string, find: (name: string) => string | undefined): string {
  const bare = code.replace(/^import [\s\S]*?from "[^"]+";?$/gm, "");
  const words = new Set(bare.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g));
  const declared = new Set(
    [...bare.matchAll(/\b(?:const|let|function|class)\s+(?:[{[]([^=]*)[}\]]\s*=|([\w$]+))/g)].flatMap(
      (match) => (match[1] ?? match[2] ?? "").match(/[\w$]+/g) ?? [],
    ),
  );
  const imports = [...words]
    .filter((word) => !declared.has(word))
    .flatMap((word) => {
      const from = find(word);
      return from === undefined ? [] : [`import { ${word} } from ${JSON.stringify(from)};`];
    });
  return [...imports, withChecks(bare), "export {};"].join("\n");
}
