import { ones, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { Config } from "../layers.ts";
import { sequential } from "./sequential.ts";

describe("sequential", () => {
  const x = tensor([[-2, 3]]);

  it.each<[Config, unknown]>([
    [{ type: "LeakyReLU", negative_slope: 0.5 }, [[-1, 3]]],
    [{ type: "ReLU6" }, [[0, 3]]],
    [{ type: "ELU", alpha: 0 }, [[0, 3]]],
    [{ type: "CELU", alpha: 1e-9 }, [[0, 3]]],
    [{ type: "Softplus", threshold: -10 }, [[-2, 3]]],
    [{ type: "Identity" }, [[-2, 3]]],
    [{ type: "Hardswish" }, [[-1 / 3, 3]]],
    [{ type: "Tanh" }, [[Math.tanh(-2), Math.tanh(3)]]],
    [{ type: "GELU", approximate: "tanh" }, [[-0.0454, 2.9964]]],
  ])("builds %j", (spec, expected) => {
    const y = sequential({ layers: [spec] }).forward(x);
    (expected as number[][]).flat().forEach((value, i) => expect(y.data[i]).toBeCloseTo(value, 4));
  });

  it.each<[Config, readonly number[]]>([
    [{ type: "MaxPool2d", kernel_size: 3, stride: 2, padding: 1 }, [1, 2, 3, 3]],
    [{ type: "AvgPool2d", kernel_size: [2, 3] }, [1, 2, 3, 2]],
    [{ type: "AdaptiveAvgPool2d", output_size: 2 }, [1, 2, 2, 2]],
    [{ type: "Conv2d", in_channels: 2, out_channels: 4, kernel_size: 3, stride: 2 }, [1, 4, 2, 2]],
    [{ type: "GroupNorm", num_groups: 2, num_channels: 2 }, [1, 2, 6, 6]],
    [{ type: "Flatten" }, [1, 72]],
  ])("builds %j for images", (spec, shape) => {
    expect(sequential({ layers: [spec] }).forward(ones([1, 2, 6, 6])).shape).toEqual(shape);
  });

  it("names a layer or a setting that it does not know", () => {
    expect(() => sequential({ layers: [{ type: "Warp" }] })).toThrow("expected a known layer, got Warp.");
    expect(() => sequential({ layers: [{ type: "ELU", beta: 1 }] })).toThrow("expected alpha, got beta.");
  });
});
