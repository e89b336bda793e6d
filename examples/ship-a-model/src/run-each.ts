import { io, type nn, noGrad, onnx, type Tensor, tensor } from "tapegrad";
import { predictByWasm, trainByWasm } from "./run-wasm.ts";
import type { FileName, Files } from "./ship.ts";
import { buildNet, type Part, type Trained } from "./train-net.ts";

/** What came out of a file, and how far that is from what the network itself gives. */
export interface Outcome {
  readonly file: FileName;
  readonly by: string;
  /** Of the test images. */
  readonly accuracy: number;
  /** The largest difference of a logit, or of a loss. */
  readonly difference: number;
}

/** Runs what is in each of the files on all test images. */
export async function runEach(files: Files, trained: Trained): Promise<Outcome[]> {
  const { net, test } = trained;
  const expected = logitsOf(net, test);
  const outcome = (file: FileName, by: string, logits: Tensor): Outcome => ({
    file,
    by,
    accuracy: accuracyOf(logits, test),
    difference: logits.sub(expected).abs().max().item(),
  });
  const images = test.x.toArray() as number[][];
  const graph = onnx.loadOnnx(files["model.onnx"]);
  const fresh = buildNet(1);
  fresh.loadStateDict(io.decodeSafetensors(files["model.safetensors"]).tensors);
  return [
    outcome("predict.wasm", "its loader", tensor(await predictByWasm(files["predict.wasm"], images))),
    await trainOn(files["train.wasm"], trained),
    outcome("model.onnx", "loadOnnx", logitsOf(graph, test)),
    outcome("model.safetensors", "another network", logitsOf(fresh, test)),
  ];
}

/** Trains module and network with the same batches, and brings what the module has learnt into another network. */
async function trainOn(wasm: Uint8Array, { step, test, batches }: Trained): Promise<Outcome> {
  const { losses, state } = await trainByWasm(wasm, batches.map((batch) => batch.map(({ data }) => data))); // prettier-ignore
  const differences = batches.map((batch, i) => Math.abs(step(...batch).item() - losses[i]!));
  const net = buildNet(1);
  const own = Object.entries(net.stateDict());
  net.loadStateDict(Object.fromEntries(own.map(([name, { shape }]) => [name, tensor(state[name]!, { shape })])));
  return {
    file: "train.wasm",
    by: `its loader, ${batches.length} steps`,
    accuracy: accuracyOf(logitsOf(net, test), test),
    difference: Math.max(...differences),
  };
}

const logitsOf = (net: nn.Module, { x }: Part): Tensor => noGrad(() => net.forward(x));

const accuracyOf = (logits: Tensor, { y }: Part): number =>
  logits.argmax({ axis: 1 }).eq(y).to("float32").mean().item();
