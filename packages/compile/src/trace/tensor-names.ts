import { Tensor } from "@tapegrad/tensor";

/** Names of the tensors in named structures: the path at which one is found first, such as `arg1.mask` or `result[0]`. */
export function tensorNames(roots: Readonly<Record<string, unknown>>): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  const visit = (name: string, value: unknown): void => {
    if (value instanceof Tensor) {
      if (!names.has(value)) names.set(value, name);
    } else if (Array.isArray(value)) value.forEach((element, i) => visit(`${name}[${i}]`, element));
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(`${name}.${key}`, inner);
    }
  };
  for (const [name, root] of Object.entries(roots)) visit(name, root);
  return names;
}
