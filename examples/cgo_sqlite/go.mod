module example.com/cgo_sqlite

go 1.25.0

toolchain go1.27.0

require github.com/mattn/go-sqlite3 v1.14.53
