import {
  type Expr,
  type FunctionBuilder,
  type GemmEpilogue,
  type GemmResult,
  i32,
  loadLanes,
  type ModuleBuilder,
  v128,
} from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import type { MatmulKernel } from "../../schedule/kernel.ts";
import { type KernelNode, type LoadNode, nodesOf } from "../../schedule/loop-kernel.ts";
import { emitOperation } from "../loops/lane-operations.ts";
import { constantLanes, type Lanes, type LaneScope } from "../loops/lanes.ts";

/** What a product's elements become before they are stored. */
export class Epilogue {
  /** Says what the code depends on: equal text, equal code. */
  readonly text: string;
  /** The lowest address that it reads from; others are so far beyond. */
  readonly argument: number;
  readonly #result: KernelNode;
  readonly #nodes: readonly KernelNode[];
  readonly #product: Value;
  /** Where loads start, in bytes beyond the argument. */
  readonly #offsets: ReadonlyMap<LoadNode, number>;

  private constructor(result: KernelNode, product: Value, addressOf: (value: Value) => number) {
    this.#result = result;
    this.#nodes = nodesOf([{ node: result }]);
    this.#product = product;
    const loads = this.#nodes.filter((node) => node.kind === "load" && node.from !== product) as LoadNode[];
    const addresses = loads.map(({ from, offset }) => addressOf(from) + offset * 4);
    this.argument = addresses.length === 0 ? 0 : Math.min(...addresses);
    this.#offsets = new Map(loads.map((node, i) => [node, addresses[i]! - this.argument]));
    this.text = this.#nodes.map((node) => this.#textOf(node)).join("\n");
  }

  /** That of a kernel; undefined if it stores its product. */
  static of({ epilogue, product }: MatmulKernel, addressOf: (value: Value) => number): Epilogue | undefined {
    return epilogue && new Epilogue(epilogue, product, addressOf);
  }

  #textOf(node: KernelNode): string {
    const at = (input: KernelNode): number => this.#nodes.indexOf(input);
    switch (node.kind) {
      case "constant":
        return `${node.dtype} ${Object.is(node.value, -0) ? "-0" : node.value}`;
      case "load":
        return node.from === this.#product ? "product" : `load ${this.#offsets.get(node)} ${node.strides.at(-1)}`;
      case "apply":
        return `${node.dtype} ${node.name} ${node.inputs.map(at).join(" ")}`;
      default:
        throw new Error(`Epilogue: ${node.kind} cannot follow a product.`);
    }
  }

  /** Emits it for four neighbours of a row, or fewer at its end. */
  emitter(module: ModuleBuilder): GemmEpilogue {
    return (f, result) => {
      const scope: LaneScope = { module, f: f as FunctionBuilder<"void">, width: 4 };
      const start = f.let(i32.add(result.argument, i32.shl(result.column, 2)));
      const values = new Map<KernelNode, Lanes>();
      for (const node of this.#nodes) values.set(node, this.#compute(scope, node, start, values, result));
      return values.get(this.#result)!.parts[0]!;
    };
  }

  #compute(
    scope: LaneScope,
    node: KernelNode,
    start: Expr<"i32">,
    values: ReadonlyMap<KernelNode, Lanes>,
    { value, lanes, argument }: GemmResult,
  ): Lanes {
    switch (node.kind) {
      case "constant":
        return constantLanes(node.dtype, node.value);
      case "load": {
        if (node.from === this.#product) return { dtype: "float32", parts: [value], uniform: false };
        const offset = this.#offsets.get(node)!;
        const isUniform = node.strides.at(-1) === 0;
        const vector = isUniform
          ? v128.load32Splat(argument, { offset })
          : loadLanes(start, { lanes, size: 4, offset });
        return { dtype: "float32", parts: [scope.f.let(vector)], uniform: isUniform };
      }
      case "apply": {
        const inputs = node.inputs.map((input) => values.get(input)!);
        return emitOperation(scope, node.name, inputs, node.dtype);
      }
      default:
        throw new Error(`Epilogue: ${node.kind} cannot follow a product.`);
    }
  }
}
