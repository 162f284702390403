module example.com/hello_test

go 1.25.0

toolchain go1.27.0
