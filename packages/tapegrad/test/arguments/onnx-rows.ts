import { nn, zeros } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

/** The bytes of `y = x · w + b`. */
const linear = Buffer.from(
  "CAgSADpnChIKAXgKAXcKAWISAXkiBEdlbW0SAWcqEwgCCAEQAUIBd0oIAAAAQAAAQEAqDQgBEAFCAWJKBAAAIEFaFAoBeBIPCg0IARIJCgMSAW4KAggCYhQKAXkSDwoNCAESCQoDEgFuCgIIAUIECgAQEQ==",
  "base64",
);

/** ONNX models. */
export const onnxRows: Rows = {
  "onnx.loadOnnx": ["bytes options?", () => [linear, {}]],
  "onnx.exportOnnx": ["moduleOrFunction tensors options?", () => [new nn.Dense(2, 1), [zeros([1, 2])], {}], "linear"],
};
