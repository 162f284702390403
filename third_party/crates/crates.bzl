"""The archives of those crates, from Cargo.lock. Written by ./dev crates."""

# name: (version, SHA-256 of NAME-VERSION.crate)
CRATES = {
    "block-buffer": ("0.12.1", "d2f6c7dbe95a6ed67ad9f18e57daf93a2f034c524b99fd2b76d18fdfeb6660aa"),
    "cfg-if": ("1.0.5", "4e7648175b45a9a48536d676f68d918270699102aa8dab5496df06904c914600"),
    "cpufeatures": ("0.3.1", "5ca28b0ae3115b884660db4118d803791fd6756b6e88f39c0f3f7859060d7566"),
    "crypto-common": ("0.2.2", "ce6e4c961d6cd6c9a86db418387425e8bdeaf05b3c8bc1411e6dca4c252f1453"),
    "digest": ("0.11.3", "f1dd6dbb5841937940781866fa1281a1ff7bd3bf827091440879f9994983d5c2"),
    "filetime": ("0.2.29", "5c287a33c7f0a620c38e641e7f60827713987b3c0f26e8ddc9462cc69cf75759"),
    "hybrid-array": ("0.4.15", "27f864f10dfb56725ce5ce5472bc52252c8f93a4ab86327122cebf62c5f59a17"),
    "libc": ("0.2.191", "65cd87c9a6d60536580b316ad985726104730a5151c99845f2490428ef91240a"),
    "memchr": ("2.8.3", "cf8baf1c55e62ffcace7a9f06f4bd9cd3f0c4beb022d3b367256b91b87513d98"),
    "object": ("0.40.0", "dd229a0361b9d0d4396176e02d65897f487eebeab7caa6d443855ee152ca0b9c"),
    "ruzstd": ("0.9.1", "69e4ce4a039f42bf25920b95667e4d789e98749ab11bbb8d2c2936f788421bb5"),
    "sha2": ("0.11.1", "47d7069beb7d6ac7b9acd1039986e73443f24234f41074da099d6f994ac9ad19"),
    "tar": ("0.4.46", "3f6221d9a6003c78398e3b239969f352578258df48c8eb051caadae0015bc840"),
    "typenum": ("1.20.1", "b6f5e870be6c3b371b77fe0ee0bafb859fa4964b4404c27de1d380043c4dda20"),
}
