import { firstUnexpected, keepDimsShape, type Primitive, primitives, type Spec } from "@tapegrad/tensor/internal";
import type { AddedOperations, OperationName } from "./operation.ts";

const added: { readonly [P in keyof AddedOperations]: Primitive<AddedOperations[P]> } = {
  matmulSum: {
    infer: (inputs, attrs) => {
      const [{ shape, dtype }] = primitives.matmul.infer(inputs, attrs) as readonly [Spec];
      return [{ shape: keepDimsShape(shape, attrs.axes), dtype }];
    },
    evaluate: (inputs, attrs, outputs) => {
      const [stack] = primitives.matmul.infer(inputs, attrs) as readonly [Spec];
      const data = primitives.matmul.evaluate(inputs, attrs, [stack])[0]!;
      return primitives.sum.evaluate([{ ...stack, data }], attrs, outputs);
    },
  },
  copy: { infer: (inputs) => inputs, evaluate: (inputs) => inputs.map(({ data }) => data) },
  check: {
    infer: () => [],
    evaluate: (inputs, expectation) => {
      const wrong = firstUnexpected(inputs[0]!.data, expectation);
      if (wrong !== undefined) throw expectation.error(wrong);
      return [];
    },
  },
};

/** The shape rule and the reference of an operation, primitive or added. */
export function definitionOf(name: OperationName): Primitive<unknown> {
  const definitions: { readonly [P in OperationName]?: unknown } = Object.hasOwn(added, name) ? added : primitives;
  return definitions[name] as Primitive<unknown>;
}
