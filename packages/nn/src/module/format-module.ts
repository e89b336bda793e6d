import { countIn, type ParameterCount } from "./count-parameters.ts";
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
  const details = module.details();
  const children = childrenOf(module);
  if (children.length === 0) {
    const { total } = countIn(module);
    yield { text: `${head}(${details})`, count: total };
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
  return `${rows.join("\n")} ${summarize(countIn(module))}`;
}
