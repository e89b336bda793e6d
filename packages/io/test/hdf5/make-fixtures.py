"""Writes kinds.h5: numbers of every kind, texts in attributes and a group of 40 names, in the first version of the format; and
later.h5: small and large groups in the latest version.

Run with Debian's python3-h5py: /usr/bin/python3 make-fixtures.py; with a path and a number, it writes that many names there.
"""
import os
import sys

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
path, count = sys.argv[1:] if len(sys.argv) > 2 else (os.path.join(HERE, "kinds.h5"), 40)
with h5py.File(path, "w") as file:
    for kind in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<i2", ">i4", "u1"):
        file[kind] = np.array([[1, 2, 3]], kind)
    file["compact"] = np.float32(5)
    file["elsewhere"] = h5py.SoftLink("/compact")
    file.attrs["fixed"] = [b"one", b"three"]
    file.attrs["free"] = ["one", "dr\u00fci"]
    file.attrs["single"] = "text"
    file.attrs["none"] = []
    file.attrs["number"] = 3
    for i in range(int(count)):
        file[f"many/name{i}"] = np.float32(i)
if len(sys.argv) == 1:
    with h5py.File(os.path.join(HERE, "later.h5"), "w", libver="latest") as file:
        file["few/0"] = np.array([[1, 2, 3]], "<f4")
        for i in range(9):
            file[f"many/name{i}"] = np.float32(i)
        file.attrs["names"] = ["one", "two"]
