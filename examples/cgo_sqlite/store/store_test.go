package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
)

func TestConcurrentAdds(t *testing.T) {
	store, err := Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()

	const goroutines, adds = 8, 25
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for range adds {
				if err := store.Add("all", 1); err != nil {
					t.Error(err)
				}
				if err := store.Add(fmt.Sprint(g), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()

	for key, want := range map[string]int{"all": goroutines * adds, "0": adds, "7": adds, "absent": 0} {
		got, err := store.Get(key)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("Get(%q) = %d, want %d", key, got, want)
		}
	}
}
