package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// archive writes a .tar.zst with these files and returns its path and digest.
func archive(t *testing.T, files map[string]string) (string, string) {
	t.Helper()
	var packed bytes.Buffer
	encoder, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(encoder)
	for name, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.tar.zst")
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(packed.Bytes())
	return path, hex.EncodeToString(digest[:])
}

func TestOnlyWhatIsAskedForIsUnpacked(t *testing.T) {
	path, digest := archive(t, map[string]string{"lib/a": "a", "library": "b", "include/c.h": "c"})
	out := filepath.Join(t.TempDir(), "out")
	if err := unpack(options{archive: path, sha256: digest, out: out, only: []string{"lib", "absent"}}); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(filepath.Join(out, "lib/a")); err != nil || string(content) != "a" {
		t.Errorf("lib/a is %q (%v)", content, err)
	}
	for _, other := range []string{"library", "include"} {
		if _, err := os.Stat(filepath.Join(out, other)); err == nil {
			t.Errorf("%s was not asked for", other)
		}
	}
}

func TestABadDigestAndAWayOutLeaveNothing(t *testing.T) {
	good, digest := archive(t, map[string]string{"a": "a"})
	outside, itsDigest := archive(t, map[string]string{"../a": "a"})
	for want, o := range map[string]options{
		"expected " + strings.Repeat("0", 64): {archive: good, sha256: strings.Repeat("0", 64)},
		"leads out of the tree":               {archive: outside, sha256: itsDigest},
		"it has none of b":                    {archive: good, sha256: digest, only: []string{"b"}},
	} {
		dir := t.TempDir()
		o.out = filepath.Join(dir, "out")
		err := unpack(o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("expected %q, got %v", want, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("%q left %v behind", want, entries)
		}
	}
}
