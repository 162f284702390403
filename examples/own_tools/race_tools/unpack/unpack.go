package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// unpack makes the tree: whole, or not at all. It gets its name when the digest of the whole archive was found right.
func unpack(o options) error {
	file, err := os.Open(o.archive)
	if err != nil {
		return err
	}
	defer file.Close()
	staging, err := os.MkdirTemp(filepath.Dir(o.out), ".unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)

	digest := sha256.New()
	decoder, err := zstd.NewReader(io.TeeReader(file, digest), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer decoder.Close()
	made, err := extract(tar.NewReader(decoder), staging, o.only)
	if err != nil {
		return err
	}
	// What is behind the tar's end counts as well.
	if _, err := io.Copy(io.Discard, decoder); err != nil {
		return err
	}
	if _, err := io.Copy(digest, file); err != nil {
		return err
	}
	if is := hex.EncodeToString(digest.Sum(nil)); is != o.sha256 {
		return fmt.Errorf("its SHA-256 is %s, expected %s: fetch it again", is, o.sha256)
	}
	if made == 0 {
		return fmt.Errorf("it has none of %s", strings.Join(o.only, ", "))
	}
	if err := os.Chmod(staging, 0o755); err != nil {
		return err
	}
	// Bazel has made an empty folder there.
	if err := os.Remove(o.out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(staging, o.out)
}

// extract writes the files that are wanted, and says how many.
func extract(archive *tar.Reader, root string, only []string) (int, error) {
	for made := 0; ; {
		header, err := archive.Next()
		if err == io.EOF {
			return made, nil
		} else if err != nil {
			return made, err
		}
		name := header.Name
		switch {
		case header.Typeflag == tar.TypeDir:
			continue
		case header.Typeflag != tar.TypeReg:
			return made, fmt.Errorf("%s is neither a file nor a folder", name)
		case !filepath.IsLocal(name):
			return made, fmt.Errorf("%s leads out of the tree", name)
		case !wanted(name, only):
			continue
		}
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return made, err
		}
		mode := os.FileMode(0o644)
		if header.Mode&0o111 != 0 {
			mode = 0o755
		}
		if err := write(path, mode, archive); err != nil {
			return made, err
		}
		made++
	}
}

func write(path string, mode os.FileMode, content io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// wanted tells whether a file is one of those asked for, or below one. Of no list, all are.
func wanted(name string, only []string) bool {
	for _, path := range only {
		if name == path || strings.HasPrefix(name, path+"/") {
			return true
		}
	}
	return len(only) == 0
}
