import {
  absent,
  type Default,
  type DefaultRow,
  type Defaults,
  type DefaultTable,
  only,
  required,
  unset,
} from "./default-table.ts";
import type { Rows } from "./layer-rows.ts";

const seeded: DefaultRow = [unset, unset, unset];
const kaiming: Rows = {
  mode: ["fanIn", "fanIn", absent],
  nonlinearity: ["leakyRelu", "leakyRelu", absent],
  slope: [0, 0, absent],
  generator: seeded,
};
const init = (torch: string | undefined, keras: string | undefined, options: Rows): Defaults => ({
  ...(torch === undefined ? {} : { torch: `nn.init.${torch}` }),
  ...(keras === undefined ? {} : { keras: `initializers.${keras}` }),
  options,
});
const gained = (value: Default): Rows => ({ gain: [1, 1, value], generator: seeded });
/** Functions of `nn.init`. */
export const initialisers: DefaultTable = {
  "nn.init.kaimingNormal": init("kaiming_normal_", "HeNormal", kaiming),
  "nn.init.kaimingUniform": init("kaiming_uniform_", "HeUniform", kaiming),
  "nn.init.lecunNormal": init(undefined, "LecunNormal", { generator: [unset, absent, unset] }),
  "nn.init.lecunUniform": init(undefined, "LecunUniform", { generator: [unset, absent, unset] }),
  "nn.init.varianceScaling": init(undefined, "VarianceScaling", {
    scale: [1, absent, 1],
    mode: ["fanIn", absent, "fanIn"],
    distribution: ["truncatedNormal", absent, "truncatedNormal"],
    inputAxes: [unset, absent, unset],
    outputAxes: [unset, absent, unset],
    generator: [unset, absent, unset],
  }),
  "nn.init.xavierNormal": init("xavier_normal_", "GlorotNormal", gained(absent)),
  "nn.init.xavierUniform": init("xavier_uniform_", "GlorotUniform", gained(absent)),
  "nn.init.orthogonal": init("orthogonal_", "Orthogonal", gained(1)),
  "nn.init.deltaOrthogonal": { options: only({ gain: 1, generator: unset }) },
  "nn.init.fixup": { options: only({ mode: "fanIn", generator: unset }) },
  "nn.init.normal": init("normal_", "RandomNormal", { mean: [0, 0, 0], std: [1, 1, 0.05], generator: seeded }),
  "nn.init.truncatedNormal": init("trunc_normal_", "TruncatedNormal", {
    mean: [0, 0, 0],
    std: [1, 1, 0.05],
    low: [-2, -2, absent],
    high: [2, 2, absent],
    generator: seeded,
  }),
  "nn.init.uniform": init("uniform_", "RandomUniform", { low: [0, 0, -0.05], high: [1, 1, 0.05], generator: seeded }),
  "nn.init.fill": init(undefined, undefined, { generator: [unset, absent, absent] }),
  "nn.init.sparse": init("sparse_", undefined, { sparsity: [required, required, absent], std: [0.01, 0.01, absent], generator: [unset, unset, absent] }),
  "nn.init.dirac": init("dirac_", undefined, { groups: [1, 1, absent] }),
  // Their results need no numbers: the option is there so that all initialisers take the same.
  "nn.init.eye": init("eye_", "Identity", { gain: [1, absent, 1], generator: [unset, absent, absent] }),
  "nn.init.ones": init("ones_", "Ones", { generator: [unset, absent, absent] }),
  "nn.init.zeros": init("zeros_", "Zeros", { generator: [unset, absent, absent] }),
  // What calculate_gain takes where it is not told.
  "nn.init.gain": init("calculate_gain", undefined, { "(slope)": [0.01, 0.01, absent] }),
}; // prettier-ignore

/** Regularisers and constraints. */
export const rules: DefaultTable = {
  "nn.regularizers.l1": { keras: "regularizers.L1", options: { "(factor)": [0.01, absent, 0.01] } },
  "nn.regularizers.l2": { keras: "regularizers.L2", options: { "(factor)": [0.01, absent, 0.01] } },
  "nn.regularizers.l1l2": {
    keras: "regularizers.L1L2",
    options: { l1: [0.01, absent, 0], l2: [0.01, absent, 0] },
  },
  "nn.regularizers.orthogonal": {
    keras: "regularizers.OrthogonalRegularizer",
    options: { factor: [0.01, absent, 0.01], mode: ["rows", absent, "columns"] },
  },
  "nn.constraints.maxNorm": {
    keras: "constraints.MaxNorm",
    options: { "(max)": [2, absent, 2], axis: [unset, absent, 0] },
  },
  "nn.constraints.unitNorm": { keras: "constraints.UnitNorm", options: { axis: [unset, absent, 0] } },
  "nn.constraints.minMaxNorm": {
    keras: "constraints.MinMaxNorm",
    options: { min: [0, absent, 0], max: [1, absent, 1], rate: [1, absent, 1], axis: [unset, absent, 0] },
  },
};
