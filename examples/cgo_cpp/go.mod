module example.com/cgo_cpp

go 1.25.0

toolchain go1.27.0
