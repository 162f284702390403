"""The module extension of toolchains_go_race: where the payload comes from.

Nobody has to use it: without a tag, the payload is the one that `//sysroot:lock.json` pins, taken from Bazel's
repository cache or from a `--distdir`. The root module (and no other) may say more:

```starlark
race = use_extension("@toolchains_go_race//extensions:race.bzl", "race")
race.mirror(urls = ["https://mirror.example.com/toolchains_go_race"])
```
"""

load("//extensions/private:extension.bzl", _race = "race")

race = _race
