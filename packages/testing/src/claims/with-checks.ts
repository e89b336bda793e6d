/**
 * Code in which every `expression; // => value` has become a call `__check(() => expression, "value")`; the rest stays. What
 * runs it installs `__check` first.
 */
export function withChecks(code: string): string {
  return [...statements(code)].join("\n");
}

function* statements(code: string): Generator<string> {
  let statement: string[] = [];
  const lines = code.split("\n");
  for (const [i, line] of lines.entries()) {
    const [source = "", expected] = line.split(/\s*\/\/ => ?/, 2);
    statement.push(source);
    const text = statement.join("\n").trim();
    // A chain of calls goes on in lines that begin with a dot.
    const goesOn = /^\s*\??\./.test(lines[i + 1] ?? "");
    if (!isBalanced(text) || (goesOn && expected === undefined)) continue;
    const indent = /^\s*/.exec(statement[0] ?? "")?.[0] ?? "";
    statement = [];
    if (expected === undefined) {
      yield indent + text;
      continue;
    }
    const binding = /^(?:const|let)\s+([\w$]+)\b/.exec(text)?.[1];
    const printed = /^console\.log\(([\s\S]*)\);?$/.exec(text)?.[1];
    if (binding !== undefined) yield indent + text;
    const expression = binding ?? printed ?? text.replace(/;$/, "");
    yield `${indent}await __check(() => (${expression}), ${JSON.stringify(expected.trim())});`;
  }
  if (statement.length > 0) yield statement.join("\n");
}

/** Whether every bracket that the text opens is closed in it. */
function isBalanced(text: string): boolean {
  const plain = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/.*$/gm, "");
  const count = (brackets: RegExp): number => plain.match(brackets)?.length ?? 0;
  return count(/[([{]/g) <= count(/[)\]}]/g);
}
