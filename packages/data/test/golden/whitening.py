"""Writes whitening.json: PCA with whitening of scikit-learn, ZCA of NumPy's float64 decomposition.

Run as `python3 whitening.py` in this folder, with Debian's python3-sklearn.
"""

import json

import numpy as np
import sklearn
from sklearn.decomposition import PCA

rng = np.random.default_rng(7)


def positive(directions):
    """The entry of largest magnitude of each row is positive."""
    at = np.abs(directions).argmax(axis=1)
    return directions * np.sign(directions[np.arange(len(directions)), at])[:, None]


def case(train, test, components):
    pca = PCA(n_components=components, svd_solver="full").fit(train)
    directions = positive(pca.components_)
    variance = pca.explained_variance_
    white = (test - pca.mean_) @ directions.T / np.sqrt(variance)
    sign = np.sign((white * PCA(n_components=components, whiten=True, svd_solver="full").fit(train).transform(test)).sum(0))
    own = PCA(n_components=components, whiten=True, svd_solver="full").fit(train).transform(test) * sign
    values, vectors = np.linalg.eigh(np.cov(train.T))
    eps = 1e-3
    zca = (test - train.mean(0)) @ (vectors / np.sqrt(values + eps)) @ vectors.T
    return {
        "train": train.tolist(),
        "test": test.tolist(),
        "components": components,
        "directions": directions.tolist(),
        "variance": variance.tolist(),
        "pca": own.tolist(),
        "eps": eps,
        "zca": zca.tolist(),
    }


mixed = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6) * 10
scaled = rng.normal(size=(25, 4)) * [1e-3, 1, 1e3, 10]
cases = [case(mixed[:30], mixed[30:], 6), case(mixed[:30], mixed[30:], 2), case(scaled[:20], scaled[20:], 4)]
with open("whitening.json", "w") as file:
    json.dump({"made": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": cases}, file)
    file.write("\n")
