"""Reads what the extension needs of sysroot/lock.json."""

_PREFIX = "sysroot_"
_SUFFIX = ".tar.zst"

def parse_lock(text):
    """The archives that a lock file pins.

    Args:
      text: the content of `sysroot/lock.json` (its schema: `sysroot/README.md`).

    Returns:
      A dict from an archive's short name (`library`, `llvm_amd64`, …) to a struct of `file` (its file name), `sha256`
      (64 hexadecimal digits) and `urls` (none: the lock names no hosts).
    """
    lock = json.decode(text)
    if lock.get("version") != 1:
        fail("sysroot/lock.json: unknown version {}, expected 1".format(lock.get("version")))
    archives = {}
    for tarball in lock["tarballs"]:
        file = tarball["name"]
        if not file.startswith(_PREFIX) or not file.endswith(_SUFFIX):
            fail("sysroot/lock.json: unknown tarball name \"{}\", expected {}…{}".format(file, _PREFIX, _SUFFIX))
        archives[file[len(_PREFIX):-len(_SUFFIX)]] = struct(file = file, sha256 = tarball["sha256"], urls = [])
    return archives
