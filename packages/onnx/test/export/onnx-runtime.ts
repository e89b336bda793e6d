import { type DType, tensor, type Tensor } from "@tapegrad/tensor";
import * as ort from "onnxruntime-web";

// Threads would need workers, which outlive the tests.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

const elementTypes: { readonly [D in DType]: ort.Tensor.Type } = {
  float32: "float32",
  float64: "float64",
  int32: "int32",
  bool: "bool",
};

function toRuntime({ dtype, data, shape }: Tensor): ort.Tensor {
  return new ort.Tensor(elementTypes[dtype], data.slice() as Float32Array, shape);
}

function fromRuntime({ type, data, dims }: ort.Tensor): Tensor {
  return tensor([...(data as Float32Array)], { shape: dims, dtype: type as DType });
}

/** Loads a model into ONNX Runtime and gives what computes its outputs from its inputs, in order. */
export async function loadIntoRuntime(bytes: Uint8Array): Promise<{
  readonly run: (inputs: readonly Tensor[]) => Promise<Tensor[]>;
  readonly release: () => Promise<void>;
}> {
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: "basic" });
  return {
    run: async (inputs) => {
      const feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, toRuntime(inputs[i]!)]));
      const results = await session.run(feeds);
      return session.outputNames.map((name) => fromRuntime(results[name]!));
    },
    release: () => session.release(),
  };
}
