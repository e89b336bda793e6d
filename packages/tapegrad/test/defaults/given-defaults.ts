import { callOf, exported, isClass } from "../arguments/exported.ts";
import { allRows } from "../arguments/all-rows.ts";
import { type Default, required, unset } from "./default-table.ts";

/** The options of a function by name, with what they are unless given. */
export type Given = Readonly<Record<string, Default>>;

/** A table of options that was used, and the name under which its function speaks in messages. */
export interface UsedTable {
  readonly fn: string;
  readonly table: Readonly<Record<string, { readonly standard: unknown; readonly required: boolean }>>;
}

/**
 * What is taken unless given, of everything public: read from the options tables that right calls use, and from the text of
 * the functions for positional arguments.
 *
 * @param used collects the tables; it is emptied before each call
 */
export function givenDefaults(used: UsedTable[]): Record<string, Given> {
  const found: Record<string, Given> = {};
  for (const [name, [, valid]] of Object.entries(allRows)) {
    const parts = name.split(".");
    const speaks = [parts.at(-1), parts.slice(-2).join(".")];
    const args = valid();
    used.length = 0;
    callOf(name)(...args);
    // The first: `nn.init.eye` calls an `eye` with options of its own.
    const own = used.find(({ fn }) => speaks.includes(fn));
    const options = Object.entries(own?.table ?? {}).map(([option, row]): [string, Default] => [
      option,
      row.required ? required : ((row.standard ?? unset) as Default),
    ]);
    const all = { ...positionalDefaults(name), ...Object.fromEntries(options) };
    if (Object.keys(all).length > 0) found[name] = all;
  }
  return found;
}

/** `{ "(rate)": 0.5 }` of `constructor(rate = 0.5, options = {})`. */
function positionalDefaults(name: string): Given {
  const parts = name.split(".");
  const owner: unknown = parts.length > 1 ? exported(parts.slice(0, -1).join(".")) : undefined;
  const method = isClass(owner) ? (owner.prototype as Record<string, unknown>)[parts.at(-1)!] : undefined;
  const fn = method ?? exported(name);
  const defaults: Record<string, Default> = {};
  for (const parameter of parametersOf(Function.prototype.toString.call(fn))) {
    const [, argument, text] = /^(\w+)\s*=\s*(.*)$/s.exec(parameter) ?? [];
    // Options have tables.
    if (argument === undefined || text === "{}" || text === "unless") continue;
    defaults[`(${argument})`] = valueOf(text!);
  }
  return defaults;
}

/** A literal; anything else follows from other arguments. */
function valueOf(text: string): Default {
  if (text === "[]") return [];
  if (/^"\w*"$/.test(text)) return text.slice(1, -1);
  const number = Number(text.replace(/^-\./, "-0."));
  return Number.isNaN(number) ? (text === "true" ? true : text === "false" ? false : unset) : number;
}

/** The parameters of a function, or of the constructor of a class, as they are written. */
function parametersOf(text: string): string[] {
  const start = text.startsWith("class") ? text.indexOf("constructor(") : 0;
  if (start < 0) return [];
  const parameters: string[] = [];
  let depth = 0;
  let from = text.indexOf("(", start) + 1;
  for (let i = from - 1; i < text.length; i++) {
    const character = text[i]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (depth > 1 || (depth === 1 && character !== ",")) continue;
    parameters.push(text.slice(from, i).trim());
    from = i + 1;
    if (depth === 0) break;
  }
  return parameters;
}
