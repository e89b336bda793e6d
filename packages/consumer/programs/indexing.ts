// Elements by index tensors, ranges, numbers and masks, as PyTorch's x[i, j].
import { arange, type AtPosition, compile, CompileError, nonzero, ShapeError, tensor, type Tensor } from "tapegrad";

function expectEqual(got: unknown, want: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const x = tensor(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  { requiresGrad: true },
);
const columns = tensor([2, -3], { dtype: "int32" });
const pick = (t: Tensor, j: Tensor): Tensor => t.at(arange(2), j);
expectEqual(pick(x, columns).toArray(), [3, 4]);
expectEqual(compile(pick)(x, columns).toArray(), [3, 4]);
expectEqual(x.at([], -1).toArray(), [3, 6]);
expectEqual(x.at(1, [0, 2]).toArray(), [4, 5]);
expectEqual(x.at(x.gt(4)).toArray(), [5, 6]);
expectEqual(nonzero(x.gt(4)).toArray(), [
  [1, 1],
  [1, 2],
]);

x.at(tensor([0, 0], { dtype: "int32" }), tensor([1, 1], { dtype: "int32" }))
  .sum()
  .backward();
expectEqual(x.grad?.toArray(), [
  [0, 2, 0],
  [0, 0, 0],
]);

const outside = tensor([0, 3], { dtype: "int32" });
if (!(errorOf(() => pick(x, outside)) instanceof ShapeError)) throw new Error("expected a ShapeError");
if (!(errorOf(() => compile(pick)(x, outside)) instanceof ShapeError))
  throw new Error("expected a ShapeError, compiled");
const masked = compile((t: Tensor) => t.at(t.gt(0)).sum());
const refusal = errorOf(() => masked(x));
if (!(refusal instanceof CompileError && refusal.message.includes("where")))
  throw new Error("expected a hint at where");

const positions: AtPosition[] = [0, [1], columns];
positions.pop();
expectEqual(x.at(...positions).shape, [2]);
// @ts-expect-error a whole axis is []
errorOf(() => x.at(null, 0));
// @ts-expect-error a list of positions is a tensor
errorOf(() => x.at([0, 1, 0, 1]));
