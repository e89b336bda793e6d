import { type Tensor, triu } from "@tapegrad/tensor";
import { Module } from "../../src/index.ts";

/** The upper triangle, on both sides. */
export class Symmetric extends Module<[x: Tensor]> {
  override forward(x: Tensor): Tensor {
    return triu(x).add(triu(x, 1).transpose());
  }
  rightInverse(value: Tensor): Tensor {
    return triu(value);
  }
}

export class Exp extends Module<[x: Tensor]> {
  override forward(x: Tensor): Tensor {
    return x.exp();
  }
  rightInverse(value: Tensor): Tensor {
    return value.log();
  }
}

/** Counts its calls; no right inverse. */
export class Square extends Module<[x: Tensor]> {
  static calls = 0;
  override forward(x: Tensor): Tensor {
    Square.calls++;
    return x.square();
  }
}

/** A product of two. */
export class Product extends Module<[a: Tensor, b: Tensor]> {
  override forward(a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }
  rightInverse(value: Tensor): readonly [Tensor, Tensor] {
    const root = value.abs().sqrt();
    return [root, value.sign().mul(root)];
  }
}

/** The first row alone. */
export class FirstRow extends Module<[x: Tensor]> {
  override forward(x: Tensor): Tensor {
    return x.slice([0, 1]);
  }
}

export class Halves extends Module<[x: Tensor]> {
  override forward(x: Tensor): Tensor {
    return x.to("float32");
  }
}
