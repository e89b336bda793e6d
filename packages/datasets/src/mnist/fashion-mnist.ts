import type { ImageParts, ImageSet, ImageSetOptions } from "./image-set.ts";
import { loadImageSet } from "./load-image-set.ts";

const set: ImageSet = {
  name: "fashion-mnist",
  classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  licence:
    "Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf (2017), Zalando SE, https://arxiv.org/abs/1708.07747, MIT licence.",
  systemFolder: "/usr/share/datasets/fashion-mnist",
  mirrors: [
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  ],
  checksums: {
    "train-images-idx3-ubyte": { sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888" },
    "train-labels-idx1-ubyte": { sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9" },
    "t10k-images-idx3-ubyte": { sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b" },
    "t10k-labels-idx1-ubyte": { sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34" },
  },
};

/**
 * 60,000 + 10,000 images of clothes, 28 × 28 gray pixels, in ten classes.
 *
 * The four files are taken from the folder `root` if it is given; or else from Debian's package `dataset-fashion-mnist`; or
 * from the cache (`TAPEGRAD_CACHE`, or `tapegrad` in the system's folder of caches); or from a mirror, 30 MB, which goes
 * into the cache once its checksum is right. Needs a machine with files; pages read what they fetch with `decodeIdx`.
 *
 * Source: H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms
 * (2017), https://arxiv.org/abs/1708.07747; MIT licence.
 *
 * @returns two parts with x float32 `[N, 784]`, or `[N, 1, 28, 28]` with `flatten: false`, and y int32 `[N]`
 * @throws {ValueError} if an option is wrong, `root` lacks a file, or no mirror has it
 * @throws {FormatError} if a file is broken, or images and labels do not fit
 * @example
 * const { train, test } = await fashionMnist({ scale: 1 / 255 });
 * const loader = new DataLoader(train.dataset, { batchSize: 128, shuffle: true });
 */
export async function fashionMnist(options: ImageSetOptions = {}): Promise<ImageParts> {
  return loadImageSet("fashionMnist", set, options);
}
