// A training whose every bit is meant to be the same on all engines: prints digests in Node, reports them in a page.
import { compile } from "./src/index.ts";
import { BatchNorm, Dense, Dropout, functional, GELU, LayerNorm, Sequential, Tanh } from "@tapegrad/nn";
import { AdamW } from "@tapegrad/optim";
import { Generator, rand, randint } from "@tapegrad/tensor";

/** FNV-1a over the bytes of arrays. */
function digest(arrays) {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function train(dtype) {
  const generator = new Generator(7);
  const model = new Sequential(
    new Dense(20, 32, { generator, dtype }),
    new BatchNorm(32, { dtype }),
    new GELU(),
    new Dropout(0.25, { generator }),
    new Dense(32, 24, { generator, dtype }),
    new LayerNorm(24, { dtype }),
    new Tanh(),
    new Dense(24, 5, { generator, dtype }),
  );
  const optimizer = new AdamW(model.parameters(), { lr: 0.01 });
  const step = compile(
    (x, y) => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { deterministic: true },
  );
  const losses = [];
  for (let i = 0; i < 20; i++) {
    const x = rand([33, 20], { generator, dtype });
    const y = randint(0, 5, [33], { generator });
    losses.push(step(x, y).data);
  }
  return digest([...losses, ...[...model.parameters(), ...model.buffers()].map(({ data }) => data.slice())]);
}

// The digests of a float32 and a float64 training.
const digests = `${train("float32")} ${train("float64")}`;
if (globalThis.report === undefined) console.log(digests);
else await globalThis.report(digests);
