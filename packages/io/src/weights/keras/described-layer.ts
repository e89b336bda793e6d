/** A layer as messages name it: `layer 3 (Dense)`, or `the Dense` for a model that is one. */
export function describedLayer(name: string, layer: object): string {
  const kind = layer.constructor.name;
  return name === "" ? `the ${kind}` : `layer ${name} (${kind})`;
}
