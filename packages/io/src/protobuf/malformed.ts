import { FormatError } from "@tapegrad/tensor";

/**
 * The error for a file of messages, with the place in it: `loadOnnx: expected a graph, got none (in graph).`
 *
 * @param source who reads, or what is read
 * @param field the way to the field, such as `graph.node[2].name`; empty for the whole
 * @param problem `expected X, got Y`
 */
export function malformed(source: string, field: string, problem: string, hint: string = ""): FormatError {
  const place = field === "" ? "" : ` (in ${field})`;
  return new FormatError(`${source}: ${problem}${place}.${hint === "" ? "" : ` ${hint}`}`);
}
