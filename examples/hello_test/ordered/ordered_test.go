// Package ordered is the twin of package planted: the same writes, ordered by a mutex.
package ordered

import (
	"sync"
	"testing"
)

func TestOrdered(t *testing.T) {
	var count int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			count++
		})
	}
	wg.Wait()
	if count != 2 {
		t.Errorf("count = %d, want 2", count)
	}
}
