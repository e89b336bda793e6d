import { Buffer, Parameter } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { ExternalData } from "../model/external-data.ts";
import type { GraphProto, NodeProto } from "../model/model-proto.ts";
import { standardName } from "../model/read-model.ts";
import { toTensor } from "../model/to-tensor.ts";
import { runNode, type Run } from "./run-graph.ts";
import { Values } from "./values.ts";

/** Inputs of operators that say how, and are not trained, by position. */
const settings: ReadonlyMap<string, readonly number[]> = new Map([
  ["Clip", [1, 2]],
  ["Dropout", [1]],
  ["Pad", [2]],
  ["Pow", [1]],
  ["Range", [0, 1, 2]],
  ["OneHot", [2]],
  ["QuantizeLinear", [1]],
  ["DequantizeLinear", [1]],
  ["NegativeLogLikelihoodLoss", [2]],
  ["SoftmaxCrossEntropyLoss", [2]],
]);

/** Inputs of operators that are statistics of earlier inputs, by position. */
const statistics: ReadonlyMap<string, readonly number[]> = new Map([["BatchNormalization", [3, 4]]]);

/** What an initializer is for. */
type Role = "weight" | "setting" | "statistic";

/**
 * What a model keeps from call to call, by the names in its file: float initializers are parameters, but for settings and
 * running statistics; whole numbers and constants are buffers. An initializer that other names stand for is one for each
 * name: exporters write equal tensors once.
 *
 * @throws {FormatError} for an initializer that cannot be read
 */
export function initialTensors(run: Run, external: ExternalData): Map<string, Parameter | Buffer> {
  const { graph, source } = run.model;
  const values = new Map<string, Tensor>();
  const constants = new Set<string>();
  graph.initializers.forEach((proto, i) =>
    values.set(proto.name, toTensor(source, `graph.initializer[${i}]`, proto, external)),
  );
  graph.nodes.forEach((node, n) => {
    const [input = "", output = ""] = [node.inputs[0], node.outputs[0]];
    if (isStandard(node, "Constant")) {
      const [value] = runNode(run, node, `graph.node[${n}]`, new Values());
      if (value !== undefined) values.set(output, value);
      constants.add(output);
    } else if (isStandard(node, "Identity") && values.has(input)) {
      values.set(output, values.get(input)!.clone());
      if (constants.has(input)) constants.add(output);
    }
  });
  const roles = rolesOf(graph);
  const kept = new Map<string, Parameter | Buffer>();
  for (const [name, value] of values) {
    const role = constants.has(name) || !isFloat(value.dtype) ? "setting" : (roles.get(name) ?? "weight");
    kept.set(name, role === "weight" ? new Parameter(value) : new Buffer(value, { persistent: role === "statistic" }));
  }
  return kept;
}

function isStandard(node: NodeProto, opType: string): boolean {
  return node.opType === opType && standardName(node.domain) === "";
}

/** What the names are for that nodes read; a name that is read for several reasons is a weight. */
function rolesOf({ nodes }: GraphProto): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const node of nodes) {
    if (standardName(node.domain) !== "" || node.opType === "Identity") continue;
    node.inputs.forEach((name, i) => {
      const role = roleOf(node.opType, i);
      roles.set(name, (roles.get(name) ?? role) === role ? role : "weight");
    });
  }
  return roles;
}

function roleOf(opType: string, position: number): Role {
  if (settings.get(opType)?.includes(position)) return "setting";
  return statistics.get(opType)?.includes(position) ? "statistic" : "weight";
}
