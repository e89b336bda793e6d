import type { Operator, Operators } from "./node-call.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { comparisons } from "./comparisons.ts";
import { control } from "./control.ts";
import { convolution } from "./convolution.ts";
import { creation } from "./creation.ts";
import { elementwise } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { indexing } from "./indexing.ts";
import { losses } from "./losses.ts";
import { movement } from "./movement.ts";
import { norms } from "./norms.ts";
import { optimizers } from "./optimizers.ts";
import { poolings } from "./pooling.ts";
import { products } from "./products.ts";
import { quantization } from "./quantization.ts";
import { random } from "./random.ts";
import { recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";

/** Operators of the standard domain. */
const standard: Operators = {
  ...elementwise,
  ...arithmetic,
  ...comparisons,
  ...activations,
  ...reductions,
  ...movement,
  ...creation,
  ...indexing,
  ...products,
  ...convolution,
  ...poolings,
  ...norms,
  ...recurrent,
  ...random,
  ...quantization,
  ...control,
  ...losses,
};

const domains: ReadonlyMap<string, Operators> = new Map([
  ["", standard],
  ["ai.onnx", standard],
  ["ai.onnx.preview.training", { ...optimizers, ...gradient }],
]);

/** The operator of a domain by its name. */
export function findOperator(domain: string, name: string): Operator | undefined {
  const operators = domains.get(domain);
  return operators !== undefined && Object.hasOwn(operators, name) ? operators[name] : undefined;
}
