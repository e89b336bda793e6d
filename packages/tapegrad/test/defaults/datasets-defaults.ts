import { type DefaultTable, only, unset } from "./default-table.ts";

const imageSet = only({ root: unset, scale: 1, flatten: true, limit: unset });

/** Embedded, generated and read data. */
export const datasetsDefaults: DefaultTable = {
  "datasets.digits": { options: only({ scale: 1 }) },
  "datasets.names": { options: only({ shuffle: false, seed: unset }) },
  "datasets.circles": { options: only({ "(samples)": 200, factor: 0.5, noise: 0.05, seed: 0 }) },
  "datasets.gaussians": { options: only({ "(samples)": 200, classes: 2, features: 2, noise: 0.3, seed: 0 }) },
  "datasets.moons": { options: only({ "(samples)": 200, noise: 0.1, seed: 0 }) },
  "datasets.spirals": { options: only({ "(samples)": 300, classes: 2, turns: 1, noise: 0.02, seed: 0 }) },
  "datasets.xor": { options: only({ "(samples)": 200, noise: 0, seed: 0 }) },
  "datasets.mnist": { options: imageSet },
  "datasets.fashionMnist": { options: imageSet },
};
