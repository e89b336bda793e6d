import { writeFileSync } from "node:fs";
import { it } from "vitest";
import * as ort from "onnxruntime-web";
import { samples } from "../../nn/test/module/layer-samples.ts";
import { exportOnnx } from "./index.ts";
import { tensor, Tensor, randn } from "@tapegrad/tensor";
import * as nn from "@tapegrad/nn";
it("x", async () => {
  ort.env.wasm.numThreads = 1;
  const m = new nn.Sequential(new nn.Dense(6, 3), new nn.ReLU(), new nn.Softmax());
  const bytes = exportOnnx(m, [randn([4, 6])]);
  writeFileSync("/tmp/m.onnx", bytes);
  const s = await ort.InferenceSession.create(bytes);
  const x = randn([5, 6]);
  const out = await s.run({ input: new ort.Tensor("float32", x.data as Float32Array, [5, 6]) });
  console.log(out.output.dims, out.output.data, m.eval().forward(x).data);
});
