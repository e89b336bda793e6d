import { countIn, type ParameterCount } from "./count-parameters.ts";
import { describePending, pendingOf } from "./lazy-size.ts";
import { ModuleNode } from "./module-node.ts";
import { walk } from "./walk.ts";

/** A module with children gets a block, one without a single line. */
interface Line {
  readonly text: string;
  readonly count: number | undefined;
}

function childrenOf(module: ModuleNode): [name: string, child: ModuleNode][] {
  const children: [string, ModuleNode][] = [];
  for (const { path, node } of walk(module, { repeat: true, shallow: true })) {
    if (node !== module && node instanceof ModuleNode) children.push([path.join("."), node]);
  }
  return children;
}

function* linesOf(module: ModuleNode, label: string, indent: string): Generator<Line> {
  const head = `${indent}${label}${module.constructor.name}`;
  const becomes = pendingOf(module);
  const details = becomes === undefined ? module.details() : describePending(becomes);
  const children = childrenOf(module);
  if (children.length === 0) {
    const count = becomes === undefined ? countIn(module).total : undefined;
    yield { text: `${head}(${details})`, count };
    return;
  }
  yield { text: `${head}(${details}`, count: undefined };
  for (const [name, child] of children) yield* linesOf(child, `(${name}): `, `${indent}  `);
  yield { text: `${indent})`, count: undefined };
}

function summarize({ total, trainable, nonTrainable }: ParameterCount): string {
  const text = (n: number): string => n.toLocaleString("en-US");
  return nonTrainable === 0
    ? `${text(total)} parameters`
    : `${text(total)} parameters, ${text(trainable)} trainable, ${text(nonTrainable)} not`;
}

/** The tree of a module, one line per layer with its number of parameters. */
export function formatModule(module: ModuleNode): string {
  const lines = [...linesOf(module, "", "")];
  const width = Math.max(...lines.map(({ text, count }) => (count === undefined ? 0 : text.length)));
  const rows = lines.map(({ text, count }) =>
    count === undefined || lines.length === 1
      ? text
      : `${text.padEnd(width)}  ${count.toLocaleString("en-US").padStart(9)}`,
  );
  const isKnown = [...walk(module, { repeat: false })].every(({ node }) => pendingOf(node) === undefined);
  return `${rows.join("\n")} ${summarize(countIn(module, true))}${isKnown ? "" : ", more once lazy layers have been called"}`;
}
