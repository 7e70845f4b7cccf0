"""Code below Python's own rules: foreign functions, raw memory, extension modules."""

from __future__ import annotations

from execgate.operations.effects import Dynamic, Native
from execgate.operations.entry import Table, effect

CTYPES = effect(Native("ctypes"), gives="ctypes.CDLL")
CFFI = effect(Native("cffi"), gives="cffi.FFI")

TABLE: Table = {
    "ctypes.CDLL(name, mode, handle, use_errno, use_last_error, winmode)": CTYPES,
    "ctypes.*(*args, **kwargs)": CTYPES,
    "cffi.FFI(backend)": CFFI,
    "cffi.FFI.dlopen(self, name, flags)": CFFI,
    "cffi.*(*args, **kwargs)": CFFI,
    "_cffi_backend.*(*args, **kwargs)": CFFI,
    "mmap.mmap(fileno, length, flags, prot, access, offset, *, tagname, trackfd)": effect(
        Native("mmap"), gives="mmap.mmap"
    ),
    "numpy.ctypeslib.*(*args, **kwargs)": effect(Native("ctypes")),
    "llvmlite.*(*args, **kwargs)": effect(Native("llvm")),
    "cppyy.*(*args, **kwargs)": effect(Native("cppyy")),
    "pyximport.install(*args, **kwargs)": effect(Native("cython"), Dynamic("import")),
    "Cython.inline(code, **kwargs)": effect(Native("cython"), Dynamic("exec")),
    "torch.utils.cpp_extension.*(*args, **kwargs)": effect(Native("extension")),
}
