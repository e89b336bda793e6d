import { malformed, readMessage } from "@tapegrad/io/internal";
import { limits } from "./limits.ts";
import { type GraphProto, modelFields, type ModelProto } from "./model-proto.ts";

/** A model whose graph is complete. */
export interface Model {
  /** What reads it, or its file, for messages. */
  readonly source: string;
  readonly graph: GraphProto;
  /** Version of the operators of a domain; undefined if the model does not import it. */
  readonly opset: (domain: string) => number | undefined;
}

/** Versions of the format that are read: the first that knows versions of operators, and the last that there is. */
const irVersions = { first: 3, last: 13 } as const;

/**
 * Reads an ONNX model: every name that a node reads must be an input, an initializer or an earlier output.
 *
 * @param source name for messages
 * @throws {FormatError} naming the field
 */
export function readModel(source: string, bytes: Uint8Array, most: number = limits.bytes): Model {
  const empty: ModelProto = { irVersion: 0, graph: undefined, opsets: [], functions: 0 };
  const proto = readMessage(source, bytes, modelFields, empty, { ...limits, bytes: most });
  const { irVersion, graph, opsets, functions } = proto;
  if (!(irVersion >= irVersions.first && irVersion <= irVersions.last)) {
    const wanted = `expected version ${irVersions.first} to ${irVersions.last} of the format`;
    throw malformed(source, "ir_version", `${wanted}, got ${irVersion}`);
  }
  if (graph === undefined) throw malformed(source, "graph", "expected a graph, got none");
  if (functions > 0) {
    const hint = "Inline them before: onnx.inliner.inline_local_functions(model).";
    throw malformed(source, "functions", `expected none, got ${functions}`, hint);
  }
  if (opsets.length === 0) throw malformed(source, "opset_import", "expected at least one, got none");
  new Names(source).check("graph", graph);
  const versions = new Map(opsets.map(({ domain, version }) => [standardName(domain), version]));
  return { source, graph, opset: (domain) => versions.get(standardName(domain)) };
}

/** The standard domain has two names. */
export function standardName(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

/** The names that are known at one place of a model. */
class Names {
  readonly #source: string;
  readonly #known = new Set<string>();

  constructor(source: string) {
    this.#source = source;
  }

  /** Throws unless each name of a graph is new where it is given, and known where it is read; a subgraph reads those around it. */
  check(path: string, { inputs, initializers, sparse, nodes, outputs }: GraphProto): void {
    if (sparse > 0) throw malformed(this.#source, `${path}.sparse_initializer`, `expected none, got ${sparse}`);
    const own: string[] = [];
    const define = (field: string, name: string): void => {
      if (this.#known.has(name))
        this.#fail(`${path}.${field}`, `expected a new name, got ${JSON.stringify(name)} again`);
      this.#known.add(name);
      own.push(name);
    };
    // An initializer may give an input its default.
    const given = new Set<string>();
    initializers.forEach(({ name }, i) => {
      define(`initializer[${i}].name`, name);
      given.add(name);
    });
    inputs.forEach(({ name }, i) => {
      if (!given.delete(name)) define(`input[${i}].name`, name);
    });
    nodes.forEach((node, n) => {
      node.inputs.forEach((name, i) => {
        if (name !== "") this.#expect(`${path}.node[${n}].input[${i}]`, name);
      });
      node.attributes.forEach(({ g }, i) => {
        if (g !== undefined) this.check(`${path}.node[${n}].attribute[${i}].g`, g);
      });
      node.outputs.forEach((name, i) => {
        if (name !== "") define(`node[${n}].output[${i}]`, name);
      });
    });
    outputs.forEach(({ name }, i) => this.#expect(`${path}.output[${i}].name`, name));
    for (const name of own) this.#known.delete(name);
  }

  #expect(field: string, name: string): void {
    if (!this.#known.has(name)) this.#fail(field, `expected a known name, got ${JSON.stringify(name)}`);
  }

  #fail(field: string, problem: string): never {
    throw malformed(this.#source, field, problem);
  }
}
