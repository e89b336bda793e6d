import { readFileSync } from "node:fs";

/** A public field or method of a class, as its source has it. */
export interface MemberDoc {
  readonly name: string;
  /** As it is called: `sum({ axis?, keepDims? })`. */
  readonly form: string;
  /** The first sentence of its doc comment. */
  readonly summary: string;
}

const member =
  /^ {2}\/\*\*((?:(?!\*\/)[^])*)\*\/\n {2}(?:(?:override|readonly) )*(get )?([a-z]\w*)(?:<[^>]*>)?(?:\(((?:[^()]|\([^()]*\))*)\))?: (?!.*=>)/gm;
const fields = /^export interface (\w+)(?: extends ([\w, ]+))? \{\n([^]*?)^\}/gm;

/** The documented public members of the classes in files of TypeScript, in their order; interfaces name their options. */
export function membersOf(files: readonly URL[]): MemberDoc[] {
  const texts = files.map((file) => readFileSync(file, "utf8"));
  const options = new Map<string, string[]>();
  for (const [, name = "", bases = "", body = ""] of texts.flatMap((text) => [...text.matchAll(fields)])) {
    const inherited = bases.split(", ").flatMap((base) => options.get(base) ?? []);
    options.set(name, [...inherited, ...namesIn(body)]);
  }
  const found = new Map<string, MemberDoc>();
  // Interfaces in front of the class have fields as well.
  for (const text of texts.map((each) => /^export (?:abstract )?class [^]*/m.exec(each)?.[0] ?? "")) {
    for (const [, doc = "", get, name = "", parameters] of text.matchAll(member)) {
      if (doc.includes("@internal") || found.has(name)) continue;
      const isField = get !== undefined || parameters === undefined;
      const form = isField ? name : `${name}(${formOf(parameters, options)})`;
      found.set(name, { name, form, summary: firstSentence(doc) });
    }
  }
  return [...found.values()];
}

/** The members that TypeScript hides from users. */
export function hiddenIn(files: readonly URL[]): string[] {
  const texts = files.map((file) => readFileSync(file, "utf8"));
  const hidden = /^ {2}(?:private|protected) (?:(?:abstract|override) )*(?:get |set )?(\w+)/gm;
  return texts.flatMap((text) => [...text.matchAll(hidden)].map(([, name = ""]) => name));
}

/** The names of fields, those that may be left out with a "?". */
function namesIn(body: string): string[] {
  return [...body.matchAll(/readonly (\w+\??):/g)].map(([, name = ""]) => name);
}

/** Parameters without their types; options by their names. */
function formOf(parameters: string, options: ReadonlyMap<string, readonly string[]>): string {
  const parts = parameters
    .split(/,\s*(?![^{[(]*[}\])])/)
    .filter((part) => part !== "" && !/^(\.\.\.none\b|_|this\b)/.test(part));
  const forms = parts.map((part) => {
    const [, name = "", mark = "", type = "", standard] =
      /^((?:\.\.\.)?\w+)(\??)(?:: (.*?))?(?: = (.*))?$/.exec(part) ?? [];
    const inner = options.get(type) ?? (type.startsWith("{") ? namesIn(type) : undefined);
    if (inner !== undefined) return `{ ${inner.join(", ")} }`;
    return standard === undefined || standard === "unless" ? `${name}${mark}` : `${name} = ${standard}`;
  });
  return forms.join(", ");
}

function firstSentence(doc: string): string {
  const paragraph = doc
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join("\n")
    .trim()
    .split(/\n(?:\n|@)/)[0]!;
  const text = paragraph.replaceAll("\n", " ").replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "`$1`");
  const sentence = /^(.*?[^.][.:])(?= [A-Z`]|$)/.exec(text)?.[1] ?? text;
  return sentence.replace(/[.:]$/, "");
}
