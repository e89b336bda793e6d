/** What some tests need that a machine need not have: where they stand, what they are, and the package of Debian. */
export const needs = [
  { file: /conformance[\\/]test[\\/]onnx\.test\.ts$/, what: "the tests of ONNX", debian: "libonnx-testdata" },
  {
    file: /compile[\\/]test[\\/]browser\.test\.ts$/,
    what: "compiled code in a browser",
    debian: "chromium firefox-esr",
  },
  {
    file: /compile[\\/]test[\\/]export[\\/]hosts\.test\.ts$/,
    what: "exported modules in a browser and in wabt's interpreter",
    debian: "chromium wabt",
  },
  {
    file: /io[\\/]test[\\/]tensorboard[\\/]tensorboard\.test\.ts$/,
    what: "event files read by protoc",
    debian: "protobuf-compiler",
  },
  {
    file: /data[\\/]test[\\/]browser\.test\.ts$/,
    what: "loaders with workers in a browser",
    debian: "chromium",
  },
  {
    file: /io[\\/]test[\\/](?:safetensors|checkpoint)[\\/]browser\.test\.ts$/,
    what: "safetensors and checkpoints in browsers",
    debian: "chromium firefox-esr",
  },
  {
    file: /onnx[\\/]test[\\/]export[\\/]checker\.test\.ts$/,
    what: "exported models in ONNX's checker",
    debian: "python3-onnx",
  },
  {
    file: /io[\\/]test[\\/]numpy[\\/]python\.test\.ts$/,
    what: "files of NumPy read by NumPy",
    debian: "python3-numpy",
  },
  {
    file: /io[\\/]test[\\/]weights[\\/]python\.test\.ts$/,
    what: "weights read by PyTorch and h5py",
    debian: "python3-torch python3-h5py",
  },
  {
    file: /datasets[\\/]src[\\/]mnist[\\/]debian\.test\.ts$/,
    what: "Fashion-MNIST",
    debian: "dataset-fashion-mnist",
  },
  {
    file: /consumer[\\/]test[\\/]browsers\.test\.ts$/,
    what: "bundles in browsers",
    debian: "chromium firefox-esr libwebkit2gtk-4.1-0 xvfb xauth",
  },
];

/**
 * One line that says what was left out and how to have it, or undefined when nothing was.
 *
 * @param report what Vitest's JSON reporter wrote
 */
export function leftOut(report) {
  const missing = needs.filter(({ file }) =>
    report.testResults.some(
      ({ name, assertionResults }) =>
        file.test(name) && assertionResults.some(({ status }) => status === "skipped" || status === "pending"),
    ),
  );
  if (missing.length === 0) return undefined;
  const names = missing.map(({ what }) => what).join(", and ");
  const packages = new Set(missing.flatMap(({ debian }) => debian.split(" ")));
  const install = `apt-get install ${[...packages].join(" ")}`;
  return `Left out: ${names}. To run them too: "${install}", or see Set-up in CONTRIBUTING.md.`;
}
