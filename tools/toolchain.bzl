"""The interface between the rules and the Rust programs: a toolchain type's provider, and its plain implementation.

`//tools:toolchain_type` is an interface. `//toolchain/prebuilt` implements it with a release's programs, `//tools:source` by
building them from source. Anyone may implement it otherwise (a distribution's own programs, an unpacker in another language):
declare a `race_tools`, or any rule that returns `platform_common.ToolchainInfo(race_tools = RaceToolsInfo(…))`, and register a
`toolchain()` of that type. docs/toolchain_type.md has all of it.
"""

RaceToolsInfo = provider(
    doc = "The programs that the module runs.",
    fields = {
        "cc": """File: the cc driver (`tools/cc`), an executable for the toolchain's *target* platform, which is where
compile and link actions run. It is called through links named `cc`, `c++`, `ld.lld`, `ar`, `ranlib`, `strip` and `objcopy`, which say by
their name and their place what it is to do (docs/tools.md).""",
        "nm": "File: `nm` for ELF files and archives (`tools/nm`), an executable for the toolchain's *target* platform.",
        "unpack": """File: the unpacker (`tools/unpack`), an executable for the toolchain's *execution* platform, called as
`unpack --archive FILE --sha256 HEX --out DIR [--only PATH]…`.""",
    },
)

def _race_tools_impl(ctx):
    return [platform_common.ToolchainInfo(
        race_tools = RaceToolsInfo(
            cc = ctx.file.cc,
            nm = ctx.file.nm,
            unpack = ctx.file.unpack,
        ),
    )]

race_tools = rule(
    implementation = _race_tools_impl,
    doc = "Implements //tools:toolchain_type with given programs.",
    attrs = {
        "cc": attr.label(
            doc = "The cc driver: RaceToolsInfo.cc.",
            allow_single_file = True,
            mandatory = True,
        ),
        "nm": attr.label(
            doc = "nm: RaceToolsInfo.nm.",
            allow_single_file = True,
            mandatory = True,
        ),
        "unpack": attr.label(
            doc = "The unpacker: RaceToolsInfo.unpack.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
    provides = [platform_common.ToolchainInfo],
)
