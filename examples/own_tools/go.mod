module example.com/own_tools

go 1.25.0

toolchain go1.27.0

require github.com/klauspost/compress v1.20.4
