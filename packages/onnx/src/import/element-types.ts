import type { GraphProto, NodeProto } from "../model/model-proto.ts";

/** What an attribute of a node holds. */
function attributeOf(node: NodeProto, name: string): NodeProto["attributes"][number] | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

/** The numbers of the dtypes that the names of a graph have in the file, as far as that is told: ours are fewer. */
export function elementTypesOf({ inputs, initializers, nodes }: GraphProto): ReadonlyMap<string, number> {
  const types = new Map<string, number>();
  for (const { name, elementType } of inputs) if (elementType !== 0) types.set(name, elementType);
  for (const { name, dataType } of initializers) types.set(name, dataType);
  for (const node of nodes) {
    const [output = ""] = node.outputs;
    const type = node.opType === "Cast" ? attributeOf(node, "to")?.i : attributeOf(node, "value")?.t?.dataType;
    if (type !== undefined) types.set(output, type);
  }
  return types;
}
