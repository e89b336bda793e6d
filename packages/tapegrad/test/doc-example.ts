import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A piece of code in a doc comment or a README that says what it gives. */
export interface DocExample {
  /** The file relative to the repository, with the line on which the code starts. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/** The `@example`s of all doc comments and the `ts` blocks of all READMEs in which some line says `// =>`. */
export function collectDocExamples(root: string): DocExample[] {
  const examples: DocExample[] = [];
  const add = (file: string, text: string, index: number, code: string): void => {
    if (!/\/\/ =>/.test(code)) return;
    const line = text.slice(0, index).split("\n").length;
    examples.push({ place: `${relative(root, file)}:${line}`, file, code });
  };
  const packages = join(root, "packages");
  const readmes = [join(root, "README.md")];
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
    readmes.push(join(packages, name, "README.md"));
  }
  for (const file of readmes.filter((path) => existsSync(path))) {
    const text = readFileSync(file, "utf8");
    for (const block of text.matchAll(/```ts\n([\s\S]*?)```/g)) add(file, text, block.index, block[1] ?? "");
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
  return [...imports, ...checks(bare), "export {};"].join("\n");
}

/** The lines of the code; statements whose last line says `// =>` become checks. */
function* checks(code: string): Generator<string> {
  let statement: string[] = [];
  for (const line of code.split("\n")) {
    const [source = "", expected] = line.split(/\s*\/\/ => ?/, 2);
    statement.push(source);
    const text = statement.join("\n").trim();
    if (!isBalanced(text)) continue;
    statement = [];
    if (expected === undefined) {
      yield text;
      continue;
    }
    const binding = /^(?:const|let)\s+([\w$]+)\b/.exec(text)?.[1];
    const printed = /^console\.log\(([\s\S]*)\);?$/.exec(text)?.[1];
    if (binding !== undefined) yield text;
    const expression = binding ?? printed ?? text.replace(/;$/, "");
    yield `await __check(() => (${expression}), ${JSON.stringify(expected.trim())});`;
  }
  if (statement.length > 0) yield statement.join("\n");
}

/** Whether every bracket that the text opens is closed in it. */
function isBalanced(text: string): boolean {
  const plain = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/.*$/gm, "");
  const count = (brackets: RegExp): number => plain.match(brackets)?.length ?? 0;
  return count(/[([{]/g) <= count(/[)\]}]/g);
}
